import type { Request, RequestHandler, Response } from 'express'
import type { Accounts, Session } from '../accounts.ts'

/** Lets only requests with a good bearer token through. */
export function signedIn(accounts: Accounts): RequestHandler {
  return (request, response, next) => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ')
    const session = scheme === 'Bearer' && token !== undefined ? accounts.session(token) : undefined
    if (session === undefined) {
      response.status(401).json({ error: 'sign in first: POST /login' })
      return
    }
    response.locals.session = session
    next()
  }
}

/** Lets only sessions through whose role has the permission. */
export function may(accounts: Accounts, permission: string): RequestHandler {
  return (_request, response, next) => {
    if (accounts.may(sessionOf(response), permission)) next()
    else refuse(response, permission)
  }
}

/** Everybody may read what is their own (`/users/:id`); what is others' takes the permission. */
export function mayForOthers(accounts: Accounts, permission: string): RequestHandler {
  return (request: Request, response, next) => {
    const session = sessionOf(response)
    const own = accounts.may(session, 'own:read') && request.params.id === String(session.userId)
    if (own || accounts.may(session, permission)) next()
    else refuse(response, permission)
  }
}

export function sessionOf(response: Response): Session {
  return response.locals.session as Session
}

function refuse(response: Response, permission: string): void {
  response.status(403).json({ error: `this needs the permission ${permission}` })
}
