import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { head, RawClient } from '../../contracts/recorder/raw-client.ts'
import { Reading } from '../../contracts/recorder/reading.ts'
import { until } from '../../contracts/recorder/until.ts'
import { scopeOf } from '../../src/recorders/request-scope.ts'
import { recorders } from '../../src/recorders/table.ts'
import type { ExpressModule } from './express-application.ts'
import { installed, isInstalled } from './installed.ts'

type FastifyModule = typeof import('fastify')
type Work = (request: IncomingMessage, response: ServerResponse) => void

const REQUESTS = 60
const PLACES_WITHOUT_BODY = 10
const PLACES_WITH_BODY = 12

const applications: Readonly<Record<string, (work: Work) => Promise<Server>>> = {
  http: async (work) => createServer(work),
  express: async (work) => expressServer('express', work),
  express4: async (work) => expressServer('express4', work),
  fastify: async (work) => {
    const app = installed<FastifyModule>('fastify')!.fastify()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.all('/work/:id', (request, reply) => {
      reply.hijack()
      work(request.raw, reply.raw)
    })
    await app.ready()
    return app.server
  },
}

function expressServer(name: string, work: Work): Server {
  const app = installed<ExpressModule>(name)!()
  app.all('/work/:id', work)
  return createServer(app)
}

for (const [name, make] of Object.entries(applications)) {
  test(`${REQUESTS} concurrent requests of ${name}: every operation in its own request`, {
    skip: !['http'].includes(name) && !isInstalled(name),
  }, async () => {
    const reading = new Reading()
    const detach = recorders().map((recorder) => recorder.attach(reading.ledger))
    const found = { right: 0, lost: 0, wrong: 0 }
    const places = new Map<string, number>()
    const operation = reading.ledger.operation('database', 'query')
    const at = (place: string, request: IncomingMessage): void => {
      const scope = reading.ledger.scopes.getStore()
      const outcome = scope === scopeOf(request) ? 'right' : scope === undefined ? 'lost' : 'wrong'
      found[outcome]++
      if (outcome !== 'right') places.set(place, (places.get(place) ?? 0) + 1)
      operation.track(() => {})
    }
    const server = await make((request, response) => work(at, request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      await Promise.all(Array.from({ length: REQUESTS }, (_, i) => ask(port, i)))
      await until('no request is in flight', () => reading.ledger.loop.inFlight === 0)
      const asked = (REQUESTS / 2) * (PLACES_WITHOUT_BODY + PLACES_WITH_BODY)
      await until('all places were passed', () => found.right + found.lost + found.wrong === asked)
      assert.deepEqual({ ...found, places: [...places] }, { right: asked, lost: 0, wrong: 0, places: [] })
      const breakdown = [...reading.counts()]
        .filter(([key]) => key.startsWith('request'))
        .map(([, counts]) => counts.breakdown?.get('database')?.calls ?? 0)
      // The application hears of the close just after the request was recorded.
      const afterwards = REQUESTS
      assert.equal(
        breakdown.reduce((sum, calls) => sum + calls, 0),
        asked - afterwards,
      )
      assert.deepEqual(reading.errors, [])
    } finally {
      server.closeAllConnections()
      server.close()
      for (const each of detach) each()
    }
  })
}

/** Passes places in as many ways as a handler can come to run. */
function work(
  at: (place: string, request: IncomingMessage) => void,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const emitter = new EventEmitter()
  emitter.on('event', () => at('own event', request))
  at('handler', request)
  response.on('finish', () => at('finish', request))
  response.on('close', () => at('close', request))
  process.nextTick(() => at('next tick', request))
  setImmediate(() => at('immediate', request))
  setTimeout(() => {
    at('timer', request)
    emitter.emit('event')
  }, 1)
  queueMicrotask(() => at('microtask', request))
  const answer = async (): Promise<void> => {
    await delay(Number(/\d+/.exec(request.url!)?.[0]) % 7)
    at('after an awaited timer', request)
    await Promise.all([delay(1), delay(2).then(() => at('then', request))])
    response.end('done')
  }
  if (request.method === 'GET') {
    void answer()
    return
  }
  let hasData = false
  request.on('data', () => {
    if (!hasData) at('data', request)
    hasData = true
  })
  request.on('end', () => {
    at('end', request)
    void answer()
  })
}

async function ask(port: number, i: number): Promise<void> {
  const client = new RawClient(port)
  if (i % 2 === 0) client.send(head('GET', `/work/${i}`))
  else {
    client.send(`${head('POST', `/work/${i}`, 'Content-Type: text/x', 'Content-Length: 20')}0123456789`)
    await delay(i % 5)
    client.send('0123456789')
  }
  await client.received(/done/)
  client.leave()
}
