import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Stage } from '../../contracts/recorder/stage.ts'

interface Context {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly params: Readonly<Record<string, string>>
  status: number
  body: unknown
  respond: boolean
  throw(status: number): never
}
export type Middleware = (context: Context, next: () => Promise<void>) => unknown
interface Application {
  silent: boolean
  use(middleware: Middleware): this
  callback(): (request: IncomingMessage, response: ServerResponse) => void
}
interface Router {
  get(path: string, ...middleware: Middleware[]): this
  post(path: string, ...middleware: Middleware[]): this
  use(...given: (string | Middleware)[]): this
  routes(): Middleware
}
export type Koa = new () => Application
export type RouterClass = new (options?: { readonly prefix: string }) => Router
/** The application on trial. */
export function koaApplication(Koa: Koa, Router: RouterClass, stage: Stage): Server {
  const app = new Koa()
  app.silent = true
  const router = new Router()
  router.use(passing)
  router.get('/ok', fine)
  router.get('/users/:id', (context) => {
    const { id } = context.params
    if (id === '0') context.throw(404)
    context.body = `user ${id}`
  })
  // Fits as well, and has not answered.
  router.get('/users/:anybody', fine)
  router.get('/throws', () => {
    throw new Error('thrown')
  })
  router.get('/rejects', () => Promise.reject(new Error('rejected')))
  router.use('/private', (context) => {
    context.status = 401
  })
  router.get('/private', fine)
  router.post('/json', (context) => context.throw(400))
  raw(router, stage)
  const admin = new Router()
  admin.get('/audit/:day', fine)
  const api = new Router({ prefix: '/api/:version' })
  api.use(passing)
  api.get('/users/:uid/posts/:pid', fine)
  api.get('/broken', () => {
    throw new Error('broken')
  })
  api.use('/admin', passing, admin.routes())
  const reports = new Router({ prefix: '/api/:version/reports' })
  reports.get('/:id', fine)
  for (const each of [router, api, reports]) app.use(each.routes())
  return createServer(app.callback())
}

/** Handlers that answer by Node's own response. */
function raw(router: Router, stage: Stage): void {
  const past = (handle: (request: IncomingMessage, response: ServerResponse) => unknown): Middleware => {
    return (context) => {
      context.respond = false
      // Koa has put 404 there.
      context.status = 200
      return handle(context.req, context.res)
    }
  }
  for (const [method, path, handle] of stage.routes) router[method](path, past(handle))
}

const passing: Middleware = (_context, next) => next()
const fine: Middleware = (context) => {
  context.body = 'fine'
}
