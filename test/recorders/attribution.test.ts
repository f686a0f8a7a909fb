import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Measured, measured } from '../../contracts/recorder/measured-server.ts'
import { head } from '../../contracts/recorder/raw-client.ts'
import type { Reading } from '../../contracts/recorder/reading.ts'
import { until } from '../../contracts/recorder/until.ts'
import { scopeOf } from '../../src/recorders/requests/request-scope.ts'
import { h3Server, honoServer, koaServer, type Works } from './attribution-applications.ts'
import type { ExpressModule } from './express-application.ts'
import { noFrameworks } from './frameworks.ts'
import { installed } from './installed.ts'

type FastifyModule = typeof import('fastify')
/** Notes whether the code that runs now is taken for a part of this request, and records an operation. */
type At = (place: string, request: IncomingMessage) => void
type Work = (at: At, request: IncomingMessage, response: ServerResponse) => void

const REQUESTS = 60
const TEXT = 'text/x-raw'
const JSON_TYPE = 'application/json'

/** Applications that hand a request over, with its body unread or (`/parsed`) read by the framework. */
const applications: Readonly<Record<string, (at: At) => Server | Promise<Server>>> = {
  http: (at) => createServer((request, response) => raw(at, request, response)),
  express: (at) => expressServer('express', at),
  express4: (at) => expressServer('express4', at),
  fastify: async (at) => {
    const app = installed<FastifyModule>('fastify')!.fastify()
    app.addContentTypeParser(TEXT, (_request, _payload, done) => done(null))
    for (const [path, work] of [
      ['/raw/:id', raw],
      ['/parsed/:id', parsed],
    ] as const) {
      app.all(path, (request, reply) => {
        reply.hijack()
        work(at, request.raw, reply.raw)
      })
    }
    await app.ready()
    return app.server
  },
  ...(noFrameworks === undefined && {
    koa: (at: At) => koaServer(works(at)),
    hono: (at: At) => honoServer(works(at)),
    h3: (at: At) => h3Server(works(at)),
  }),
}

function works(at: At): Works {
  return {
    raw: (request, response) => raw(at, request, response),
    parsed: (request, response) => void parsed(at, request, response),
  }
}

function expressServer(name: string, at: At): Server {
  const express = installed<ExpressModule>(name)!
  const app = express()
  app.all('/raw/:id', (request, response) => raw(at, request, response))
  app.all('/parsed/:id', express.json(), (request, response) => parsed(at, request, response))
  return createServer(app)
}

for (const [name, make] of Object.entries(applications)) {
  describe(`${REQUESTS} concurrent requests of ${name}: every operation belongs to its own request`, () => {
    test('handlers, promises, timers, events, and bodies that come in pieces', () =>
      play(make, '/raw', TEXT, 10, 12))
    if (name !== 'http') {
      test('bodies that the framework reads', () => play(make, '/parsed', JSON_TYPE, 4, 4))
    }
  })
}

/** @param placesWithout places that a request without a body passes, its close among them */
async function play(
  make: (at: At) => Server | Promise<Server>,
  path: string,
  type: string,
  placesWithout: number,
  placesWith: number,
): Promise<void> {
  const asked = (REQUESTS / 2) * (placesWithout + placesWith)
  const found: Record<string, number> = {}
  let passed = 0
  const notes =
    ({ ledger }: Reading): At =>
    (place, request) => {
      const scope = ledger.scopes.getStore()
      const key =
        scope === scopeOf(request) ? 'right' : scope === undefined ? `lost: ${place}` : `wrong: ${place}`
      found[key] = (found[key] ?? 0) + 1
      passed++
      ledger.operation('database', 'query').track(() => {})
    }
  await measured(
    {},
    (reading) => make(notes(reading)),
    async (server) => {
      await Promise.all(Array.from({ length: REQUESTS }, (_, i) => ask(server, `${path}/${i}`, type, i)))
      await server.quiet()
      await until('all places were passed', () => passed === asked)
      assert.deepEqual(found, { right: asked })
      // The application hears of the close just after the request was recorded.
      assert.equal(callsWithin(server.reading), asked - REQUESTS)
      assert.deepEqual(server.reading.errors, [])
    },
  )
}

/** Operations that requests have counted among their own. */
function callsWithin(reading: Reading): number {
  const breakdowns = [...reading.counts().values()].map(
    ({ breakdown }) => breakdown?.get('database')?.calls ?? 0,
  )
  return breakdowns.reduce((sum, calls) => sum + calls, 0)
}

/** Passes places in as many ways as code can come to run. */
const raw: Work = (at, request, response) => {
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
    await delay(1 + (Number(/\d+/.exec(request.url!)?.[0]) % 7))
    at('after an awaited timer', request)
    await Promise.all([delay(1), delay(2).then(() => at('then', request))])
    response.end('done')
  }
  if (request.method === 'GET') {
    void answer()
    return
  }
  request.once('data', () => at('data', request))
  request.on('end', () => {
    at('end', request)
    void answer()
  })
}

const parsed: Work = async (at, request, response) => {
  at('handler', request)
  response.on('close', () => at('close', request))
  await delay(Number(/\d+/.exec(request.url!)?.[0]) % 5)
  at('after an awaited timer', request)
  await Promise.resolve()
  at('after a promise', request)
  response.end('done')
}

async function ask({ open }: Measured, path: string, type: string, i: number): Promise<void> {
  const client = open()
  if (i % 2 === 0) client.send(head('GET', path))
  else {
    client.send(`${head('POST', path, `Content-Type: ${type}`, 'Content-Length: 13')}{"a":`)
    await delay(i % 5)
    client.send('"12345"')
    if (type === JSON_TYPE) client.send('}')
    else client.send(' ')
  }
  await client.received(/done/)
}
