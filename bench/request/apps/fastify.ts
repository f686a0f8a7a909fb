import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { rival } from '../../rival.ts'
import { hello, threeQueries } from '../handlers.ts'
import { type Monitor, ROUTE } from '../monitor.ts'
import { realRequest } from '../real.ts'

interface Fastify {
  readonly server: Server
  addHook(name: 'onRequest', hook: Hook): void
  get(path: string, handler: () => Promise<object>): void
  listen(options: object): Promise<string>
}

type Hook = (
  request: { readonly raw: IncomingMessage; readonly routeOptions: { readonly url?: string } },
  reply: { readonly raw: ServerResponse },
  done: (error?: unknown) => void,
) => void

/** Fastify 5. */
export async function app(monitor: Monitor): Promise<Server> {
  const fastify = rival<() => Fastify>('fastify')!()
  const { middleware } = monitor
  if (middleware !== undefined) {
    fastify.addHook('onRequest', (request, reply, done) => {
      Object.assign(request.raw, { [ROUTE]: request.routeOptions.url })
      middleware(request.raw, reply.raw, done)
    })
  }
  fastify.get('/hello', async () => hello())
  fastify.get('/db3', () => threeQueries(monitor))
  fastify.get('/real', realRequest(monitor))
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  return fastify.server
}
