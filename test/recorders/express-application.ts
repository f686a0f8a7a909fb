import { createServer, type Server } from 'node:http'
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express'
import type { Stage } from '../../contracts/recorder/stage.ts'

export type ExpressModule = typeof import('express')

/** The application on trial, in the words that Express 4 and 5 have in common. */
export function expressApplication(express: ExpressModule, stage: Stage): Server {
  const app = express()
  app.use(passing, passing)
  app.get('/ok', (_request, response) => void response.send('fine'))
  app.get('/users/:id', ({ params: { id } }, response) => {
    if (id === '0') response.status(404).send('nobody')
    else response.send(`user ${id}`)
  })
  app.get('/throws', () => {
    throw new Error('thrown')
  })
  app.get(
    '/rejects',
    asynchronous(() => Promise.reject(new Error('rejected'))),
  )
  app.get('/private', (_request, response) => void response.status(401).end(), passing)
  app.post('/json', express.json(), (_request, response) => void response.send('read'))
  for (const [method, path, handle] of stage.routes) app[method](path, asynchronous(handle))
  mounts(express, app)
  // Four parameters make it a handler of errors.
  app.use(
    (_error: Error & { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
      response.status(_error.status ?? 500).send('sorry')
    },
  )
  return createServer(app)
}

function mounts(express: ExpressModule, app: Express): void {
  const admin = express.Router()
  admin.get('/audit/:day', (_request, response) => void response.send('fine'))
  const api = express.Router()
  api.use(passing)
  api.get('/users/:uid/posts/:pid', (_request, response) => void response.send('fine'))
  api.get('/broken', () => {
    throw new Error('broken')
  })
  api.use('/admin', passing, admin)
  const reports = express.Router()
  reports.get('/:id', (_request, response) => void response.send('fine'))
  app.use('/api/:version', api)
  app.use('/api/:version/reports/', reports)
}

export const passing: RequestHandler = (_request, _response, next) => next()

/** Express 4 does not look at promises. */
export function asynchronous(fn: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return (request, response, next) => void fn(request, response).catch(next)
}
