import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { application, ask, metrics, portOf } from './application.ts'

const YARDSTICK = JSON.stringify(resolve('dist/index.js'))

/** Records the operations `from` … `to` of a fixed log. */
const RECORD = `
  const { yardstick } = require(${YARDSTICK})
  const ys = yardstick()
  function log(from, to) {
    for (let i = from; i < to; i++) ys.record('database', 'q' + (i % 3), (i * 37) % 101, { failed: i % 50 === 0 })
  }`

function counted(answer: Awaited<ReturnType<typeof metrics>>): unknown {
  const { database } = answer.metrics_by_type
  return {
    ...database,
    target: undefined,
    rate_per_second: undefined,
    series: database!.series.map((s) => ({ ...s, rate_per_second: undefined })),
  }
}

test('four worker threads give what one thread gives', async (t) => {
  const one = application(`${RECORD}; log(0, 8000); setInterval(() => {}, 1000)`)
  t.after(one.close)
  const four = application(`
    const { Worker } = require('node:worker_threads')
    for (let n = 0; n < 4; n++) {
      new Worker(${JSON.stringify(`${RECORD}; const { workerData } = require('node:worker_threads'); log(workerData, workerData + 2000)`)},
        { eval: true, workerData: n * 2000 })
    }
    setInterval(() => {}, 1000)`)
  t.after(four.close)
  const [a, b] = await Promise.all(
    [one, four].map(async (app) => metrics(await portOf(app), 'database', 8000)),
  )
  assert.equal(a!.metrics_by_type.database!.n, 8000)
  assert.equal(a!.metrics_by_type.database!.failed, 160)
  assert.deepEqual(counted(a!), counted(b!))
})

test('what threads record before the configuration is read is judged by its limits, exactly', async (t) => {
  const record = `
    const ys = require(${YARDSTICK}).yardstick()
    for (let i = 0; i < 100; i++) ys.record('database', 'q', i < 90 ? 30 : 30.2)`
  const app = application(
    `${record}
    const { Worker } = require('node:worker_threads')
    new Worker(${JSON.stringify(record)}, { eval: true })
    setInterval(() => {}, 1000)`,
    { config: { targets: [{ component: 'database', p95: '30.1ms' }] } },
  )
  t.after(app.close)
  const port = await portOf(app)
  await metrics(port, 'database', 200)
  const { body } = await ask(`${port}/api/v1/performance/prd-compliance?window=1hour`)
  const { n, estimated, compliance_percentage } = JSON.parse(body).target_compliance.database
  assert.deepEqual(
    { n, estimated, compliance_percentage },
    { n: 200, estimated: false, compliance_percentage: 90 },
  )
})

test('threads that end at once, by process.exit or terminated, lose nothing that they recorded', async (t) => {
  const app = application(`
    const { Worker } = require('node:worker_threads')
    let left = 40
    let running = 4
    const next = () => {
      if (left === 0) return --running === 0 && console.log('all ended')
      left--
      const code = ${JSON.stringify(`${RECORD}; log(0, 100);`)}
      const ends = left % 2 === 0 ? 'process.exit(0)' : 'require("node:worker_threads").parentPort.postMessage(1); setInterval(() => {}, 1000)'
      const worker = new Worker(code + ends, { eval: true })
      worker.once('message', () => worker.terminate())
      worker.once('exit', next)
    }
    for (let n = 0; n < 4; n++) next()
    setInterval(() => {}, 1000)`)
  t.after(app.close)
  const port = await portOf(app)
  await app.printed(/all ended/)
  const { metrics_by_type } = await metrics(port, 'database', 4000)
  assert.equal(metrics_by_type.database!.n, 4000)
})

test('a worker thread that was there first does not keep the engine from starting', async (t) => {
  const app = application(`
    const { Worker } = require('node:worker_threads')
    new Worker('setInterval(() => {}, 1000)', { eval: true })
    ${RECORD}
    setTimeout(() => log(0, 10), 100)
    setInterval(() => {}, 1000)`)
  t.after(app.close)
  const { metrics_by_type } = await metrics(await portOf(app), 'database', 10)
  assert.equal(metrics_by_type.database!.n, 10)
})

test('a thread that starts long after the engine follows the configuration too', async (t) => {
  const app = application(
    `
    const { Worker } = require('node:worker_threads')
    ${RECORD}
    log(0, 1)
    process.on('message', () => new Worker(\`
      const server = require('node:http').createServer((request, response) => response.end('x'))
      server.listen(0, '127.0.0.1', () => console.log('worker up ' + server.address().port))\`, { eval: true }))`,
    { env: { YARDSTICK_HEADERS: 'all' } },
  )
  t.after(app.close)
  const port = await portOf(app)
  app.child.send('start')
  const [, own] = await app.printed(/worker up (\d+)/)
  // The first request makes the thread known to the engine, which then tells it.
  for (let seen = 1; ; seen++) {
    const { headers } = await ask(`http://127.0.0.1:${own}/`)
    if (headers['x-response-time-ms'] !== undefined) break
    await metrics(port, 'request', seen)
    assert.ok(seen < 10, 'the worker never heard of the configuration')
  }
})
