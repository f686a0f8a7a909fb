import { createServer, type RequestListener, type Server } from 'node:http'
import type { ExpressModule } from '../express-application.ts'
import { installed } from '../installed.ts'

type FastifyModule = typeof import('fastify')

/** Servers of frameworks that hand every request on. */
export const servers: Readonly<Record<string, (handle: RequestListener) => Server | Promise<Server>>> = {
  express: (handle) => {
    const app = installed<ExpressModule>('express')!()
    app.get('/', (request, response) => void handle(request, response))
    return createServer(app)
  },
  fastify: async (handle) => {
    const app = installed<FastifyModule>('fastify')!.fastify()
    app.get('/', (request, reply) => {
      reply.hijack()
      void handle(request.raw, reply.raw)
    })
    await app.ready()
    return app.server
  },
}
