import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head, type RawClient } from '../../../contracts/recorder/raw-client.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { type ExpressModule, passing } from '../express-application.ts'
import { installed } from '../installed.ts'

type FastifyModule = typeof import('fastify')

const URLS = 100_000
const AT_ONCE = 100
/** Collected again and again, the heap of such a run wanders by some hundred kilobytes; a leak would take 100 MB. */
const WANDERS_BYTES = 2 ** 20

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

describe(`${URLS} distinct URLs`, () => {
  test('of Express: two series, flat memory', () =>
    measured(
      {},
      () => {
        const express = installed<ExpressModule>('express')!
        const app = express()
        const router = express.Router()
        router.get('/users/:id', (_request, response) => void response.end('ok'))
        app.use(passing)
        app.use('/:tenant', router)
        return createServer(app)
      },
      async ({ open, reading, quiet }) => {
        const client = open()
        await many(client, URLS / 10)
        await quiet()
        const before = heap()
        await many(client, URLS)
        await quiet()
        assert.deepEqual(reading.outcomes(), {
          'request GET /:tenant/users/:id': said((URLS + URLS / 10) / 2),
          'request GET (unmatched)': said((URLS + URLS / 10) / 2),
        })
        const grown = heap() - before
        assert.ok(grown < WANDERS_BYTES, `the heap grew by ${grown} bytes`)
        assert.deepEqual(reading.errors, [])
      },
    ))
})

test('an application that makes a route for each request: its series are bounded, and so is what is remembered', () =>
  measured(
    {},
    async () => {
      const app = installed<FastifyModule>('fastify')!.fastify()
      for (let i = 0; i < 1500; i++) app.get(`/made/${i}`, async () => 'ok')
      await app.ready()
      return app.server
    },
    async ({ open, reading, quiet }) => {
      const client = open()
      for (let i = 0; i < 1500; i += AT_ONCE) await batch(client, AT_ONCE, (j) => `/made/${i + j}`)
      await quiet()
      const outcomes = reading.outcomes()
      assert.equal(Object.keys(outcomes).length, 301)
      assert.equal(outcomes['request (other)'], said(1200))
    },
  ))

/** Half of the paths have a route. */
async function many(client: RawClient, count: number): Promise<void> {
  for (let i = 0; i < count; i += AT_ONCE) {
    await batch(client, AT_ONCE, (j) => (j % 2 === 0 ? `/t${i}/users/${i + j}` : `/t${i + j}/nothing/here`))
  }
}

async function batch(client: RawClient, count: number, path: (i: number) => string): Promise<void> {
  client.forget()
  client.send(Array.from({ length: count }, (_, i) => head('GET', path(i))).join(''))
  await until('all are answered', () => client.text.split('HTTP/1.1 ').length === count + 1)
}

function heap(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
