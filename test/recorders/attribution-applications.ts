import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { imported, required } from './frameworks.ts'

type Work = (request: IncomingMessage, response: ServerResponse) => void
/** What is to be done with a request whose body is unread, and with one whose body the framework has read. */
export interface Works {
  readonly raw: Work
  readonly parsed: Work
}

/** Resolves when the response is closed: until then the framework has to keep its hands off it. */
function done(work: Work, request: IncomingMessage, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.on('close', () => resolve())
    work(request, response)
  })
}

interface KoaContext {
  readonly path: string
  readonly req: IncomingMessage
  readonly res: ServerResponse
  respond: boolean
}
interface Koa {
  use(middleware: (context: KoaContext) => Promise<void>): this
  callback(): RequestListener
}

/** Koa leaves bodies to middlewares, which read Node's own request. */
export function koaServer({ raw, parsed }: Works): Server {
  const Application = required<new () => Koa>('koa')
  const app = new Application().use(async (context) => {
    context.respond = false
    context.res.statusCode = 200
    if (context.path.startsWith('/raw')) return done(raw, context.req, context.res)
    for await (const _chunk of context.req);
    return done(parsed, context.req, context.res)
  })
  return createServer(app.callback())
}

interface HonoContext {
  readonly env: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse }
  readonly req: { text(): Promise<string> }
}
interface Hono {
  readonly fetch: unknown
  all(path: string, handler: (context: HonoContext) => Promise<Response>): this
}

export async function honoServer({ raw, parsed }: Works): Promise<Server> {
  const { Hono } = await imported<{ readonly Hono: new () => Hono }>('hono')
  const node = await imported<{ getRequestListener(fetch: unknown): RequestListener }>('@hono/node-server')
  const sent = await imported<{ readonly RESPONSE_ALREADY_SENT: Response }>(
    '@hono/node-server/utils/response',
  )
  const app = new Hono()
  app.all('/raw/:id', async ({ env }) => {
    await done(raw, env.incoming, env.outgoing)
    return sent.RESPONSE_ALREADY_SENT
  })
  app.all('/parsed/:id', async ({ env, req }) => {
    await req.text()
    await done(parsed, env.incoming, env.outgoing)
    return sent.RESPONSE_ALREADY_SENT
  })
  return createServer(node.getRequestListener(app.fetch))
}

interface H3Event {
  readonly req: Request
}
interface H3 {
  all(path: string, handler: (event: H3Event) => unknown): this
}
interface H3Module {
  readonly H3: new () => H3
  fromNodeHandler(
    handler: (request: IncomingMessage, response: ServerResponse) => unknown,
  ): (event: H3Event) => unknown
  toNodeHandler(app: H3): RequestListener
}

export async function h3Server({ raw, parsed }: Works): Promise<Server> {
  const { H3, fromNodeHandler, toNodeHandler } = await imported<H3Module>('h3')
  const read = fromNodeHandler((request, response) => done(parsed, request, response))
  const app = new H3()
  app.all(
    '/raw/:id',
    fromNodeHandler((request, response) => done(raw, request, response)),
  )
  app.all('/parsed/:id', async (event) => {
    await event.req.text()
    return read(event)
  })
  return createServer(toNodeHandler(app))
}
