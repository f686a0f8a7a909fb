import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Stage } from '../../contracts/recorder/stage.ts'

interface Context {
  readonly env: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse }
  readonly req: { param(name: string): string; json(): Promise<unknown> }
  text(text: string, status?: number): Response
}
export type Handler = (context: Context, next: () => Promise<void>) => unknown
interface Application {
  readonly fetch: (request: Request, ...rest: unknown[]) => Response | Promise<Response>
  get(path: string, ...handlers: Handler[]): this
  post(path: string, ...handlers: Handler[]): this
  all(path: string, ...handlers: Handler[]): this
  use(...given: (string | Handler)[]): this
  route(path: string, application: Application): this
  mount(path: string, handler: Application['fetch']): this
  onError(handler: (error: Error, context: Context) => Response): this
}
export type Hono = new () => Application

/** What the application is made of. */
export interface HonoModules {
  readonly hono: { readonly Hono: Hono }
  readonly node: {
    getRequestListener(fetch: Application['fetch']): RequestListener
  }
  readonly sent: { readonly RESPONSE_ALREADY_SENT: Response }
}
/** The application on trial. */
export function honoApplication({ hono: { Hono }, node, sent }: HonoModules, stage: Stage): Server {
  const app = new Hono()
  app.use('*', passing)
  app.get('/ok', fine)
  app.get('/users/:id', (context) => {
    const id = context.req.param('id')
    return id === '0' ? context.text('nobody', 404) : context.text(`user ${id}`)
  })
  // Fits as well, and has not answered.
  app.get('/users/*', fine)
  app.get('/throws', () => {
    throw new Error('thrown')
  })
  app.get('/rejects', () => Promise.reject(new Error('rejected')))
  app.use('/private/*', async (context, _next) => context.text('who are you?', 401))
  app.all('/private', fine)
  app.post('/json', async (context) => {
    return context.req.json().then(
      () => context.text('read'),
      () => context.text('unreadable', 400),
    )
  })
  raw(app, sent.RESPONSE_ALREADY_SENT, stage)
  const admin = new Hono()
  admin.get('/audit/:day', fine)
  const api = new Hono()
  api.use('*', passing)
  api.get('/users/:uid/posts/:pid', fine)
  api.get('/broken', () => {
    throw new Error('broken')
  })
  api.route('/admin', admin)
  const reports = new Hono()
  reports.get('/:id', fine)
  app.route('/api/:version', api)
  app.route('/api/:version/reports', reports)
  app.onError((_error, context) => context.text('sorry', 500))
  return createServer(node.getRequestListener(app.fetch))
}

/** Handlers that answer by Node's own response. */
function raw(app: Application, sent: Response, stage: Stage): void {
  const past = (handle: (request: IncomingMessage, response: ServerResponse) => unknown): Handler => {
    return async ({ env }) => {
      await handle(env.incoming, env.outgoing)
      return sent
    }
  }
  for (const [method, path, handle] of stage.routes) app[method](path, past(handle))
}

const passing: Handler = (_context, next) => next()
const fine: Handler = (context) => context.text('fine')
