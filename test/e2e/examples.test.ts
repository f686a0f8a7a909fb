import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { application, ask, portOf } from './application.ts'

const SERVER = `
const { createServer } = require('node:http')
const { DatabaseSync } = require('node:sqlite')
const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
const ys = yardstick()
const database = new DatabaseSync(':memory:')
const slow = database.prepare(
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT sum(i) AS sum FROM n')
const server = createServer((request, response) => {
  const long = request.url.startsWith('/report')
  for (let i = 0; i < 3; i++) ys.trackDatabase({ query: 'sum' }, () => slow.get(long ? 2_000_000 : 1))
  response.statusCode = request.url.startsWith('/broken') ? 500 : 200
  response.end()
}).listen(0, '127.0.0.1', () => console.log('up ' + server.address().port))
`

interface Report {
  readonly slowest_requests: readonly {
    readonly series: string
    readonly duration_ms: number
    readonly failed: boolean
    readonly own_ms: number
    readonly components: Readonly<Record<string, { readonly calls: number; readonly wall_ms: number }>>
  }[]
}

// Under the default limit, too: a worker thread hears of the configuration after its first requests.
const CONFIG = { targets: [{ component: 'request', p95: '1ms' }] }

for (const [where, source] of [
  ['the main thread', SERVER],
  [
    'a worker thread',
    `new (require('node:worker_threads').Worker)(${JSON.stringify(SERVER)}, { eval: true })`,
  ],
] as const) {
  test(`slow and failed requests of ${where} are shown with where their time went, and no path`, async (t) => {
    const app = application(source, { config: CONFIG })
    t.after(app.close)
    const [, own] = await app.printed(/up (\d+)/)
    await ask(`http://127.0.0.1:${own}/broken/secret`)
    await ask(`http://127.0.0.1:${own}/report?name=secret`, 'POST')
    const port = await portOf(app)
    const [slow, failed, ...others] = await examples(port, 2)
    assert.deepEqual(others, [])
    assert.deepEqual([slow!.series, slow!.failed], ['POST (no route)', false])
    assert.equal(slow!.components.database!.calls, 3)
    const sumMs = slow!.own_ms + slow!.components.database!.wall_ms
    assert.ok(Math.abs(sumMs - slow!.duration_ms) < 0.01, `${sumMs} of ${slow!.duration_ms} ms`)
    assert.deepEqual([failed!.series, failed!.failed], ['GET (no route)', true])
    const { body } = await ask(`${port}/api/v1/performance/report`)
    assert.doesNotMatch(body, /secret/)
  })
}

async function examples(port: string, n: number): Promise<Report['slowest_requests']> {
  for (let tries = 0; ; tries++) {
    const { body } = await ask(`${port}/api/v1/performance/report?window=1hour`)
    const { slowest_requests } = JSON.parse(body) as Report
    if (slowest_requests.length >= n || tries === 400) return slowest_requests
    await pause(25)
  }
}
