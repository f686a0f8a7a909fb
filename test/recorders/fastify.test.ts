import type { FastifyInstance } from 'fastify'
import type { Stage } from '../../contracts/recorder/stage.ts'
import { frameworkContract } from '../../contracts/recorder.ts'
import { installed } from './installed.ts'

type FastifyModule = typeof import('fastify')

frameworkContract({
  name: 'fastify',
  hasRoutes: true,
  open: async (stage) => {
    const app = installed<FastifyModule>('fastify')!.fastify()
    routes(app, stage)
    await app.ready()
    return app.server
  },
})

function routes(app: FastifyInstance, stage: Stage): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/private') await reply.code(401).send()
  })
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.get('/ok', async () => 'fine')
  app.get<{ Params: { id: string } }>('/users/:id', async ({ params: { id } }, reply) => {
    return id === '0' ? reply.code(404).send('nobody') : `user ${id}`
  })
  app.get('/throws', () => {
    throw new Error('thrown')
  })
  app.get('/rejects', async () => Promise.reject(new Error('rejected')))
  app.get('/private', async () => 'fine')
  app.post('/json', async () => 'read')
  for (const [method, path, handle] of stage.routes) {
    app[method](path, (request, reply) => {
      reply.hijack()
      void handle(request.raw, reply.raw)
    })
  }
  app.register(
    async (api) => {
      api.get('/users/:uid/posts/:pid', async () => 'fine')
      api.get('/broken', async () => Promise.reject(new Error('broken')))
      api.register(async (admin) => void admin.get('/audit/:day', async () => 'fine'), { prefix: '/admin' })
    },
    { prefix: '/api/:version' },
  )
  app.register(async (reports) => void reports.get('/:id', async () => 'fine'), {
    prefix: '/api/:version/reports',
  })
}
