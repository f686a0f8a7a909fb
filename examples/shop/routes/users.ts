import { Router } from 'express'
import type { Accounts } from '../accounts.ts'
import type { Orders } from '../orders.ts'
import { mayForOthers, signedIn } from './access.ts'

/** `POST /login` with `{ email, password }`. */
export function login(accounts: Accounts): Router {
  const router = Router()
  router.post('/', async (request, response) => {
    const { email, password } = (request.body ?? {}) as { email?: unknown; password?: unknown }
    if (typeof email !== 'string' || typeof password !== 'string') {
      response.status(400).json({ error: 'email and password are texts' })
      return
    }
    const token = await accounts.signIn(email, password)
    if (token === undefined) response.status(401).json({ error: 'wrong email or password' })
    else response.json({ token })
  })
  return router
}

/** `GET /users/:id`: one's own, or anybody's with the permission `users:read`. */
export function users(accounts: Accounts): Router {
  const router = Router()
  router.get('/:id', signedIn(accounts), mayForOthers(accounts, 'users:read'), (request, response) => {
    const profile = accounts.profile(Number(request.params.id))
    if (profile === undefined) response.status(404).json({ error: 'there is no such user' })
    else response.json(profile)
  })
  return router
}

/** `GET /users/:id/orders`, mounted on a path with a parameter. */
export function ordersOfUser(accounts: Accounts, orders: Orders): Router {
  const router = Router({ mergeParams: true })
  router.get('/', signedIn(accounts), mayForOthers(accounts, 'orders:read'), async (request, response) => {
    const { id } = request.params as { id?: string }
    response.json({ orders: await orders.ofUser(Number(id)) })
  })
  return router
}
