import assert from 'node:assert/strict'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { noLibraries } from '../recorders/libraries.ts'
import { hasPostgres, postgresServer } from '../recorders/servers/postgres.ts'
import { hasRedis, redisServer } from '../recorders/servers/redis.ts'
import type { TestServer } from '../recorders/servers/test-server.ts'
import { application, ask, folder, metrics, portOf, REGISTER } from './application.ts'
import { type SpanSink, spanSink } from './span-sink.ts'

const LIBRARIES = resolve('test/libraries/node_modules')
const AUTO = join(LIBRARIES, '@opentelemetry/auto-instrumentations-node/dist')
const HOOK = ['--experimental-loader', join(LIBRARIES, '@opentelemetry/instrumentation/hook.mjs')]
const REQUESTS = 12

const COMMONJS = `
  const { createServer } = require('node:http'), express = require('express'), pg = require('pg')
  const { Redis } = require('ioredis'), { createClient } = require('redis');
  (async () => {`
const MODULES = `
  import { createServer } from 'node:http'
  import express from 'express'
  import pg from 'pg'
  import { Redis } from 'ioredis'
  import { createClient } from 'redis'
  {`
const WORK = `
  const pool = new pg.Pool({ host: '127.0.0.1', port: Number(process.env.PGTEST), user: 'postgres' })
  const io = new Redis(Number(process.env.REDISTEST), '127.0.0.1')
  const client = await createClient({ url: 'redis://127.0.0.1:' + process.env.REDISTEST }).connect()
  const upstream = createServer((request, response) => response.end('{}'))
  await new Promise((up) => upstream.listen(0, '127.0.0.1', up))
  const app = express()
  app.get('/users/:id', async (request, response) => {
    await pool.query('SELECT oid FROM pg_class WHERE oid = $1', [1])
    await new Promise((done) => pool.query('SELECT typname FROM pg_type LIMIT 1', done))
    await pool.query('SELECT nothing FROM nowhere').catch(() => {})
    await io.get('missing')
    await io.pipeline().get('a').set('b', 1).exec()
    await client.get('there')
    await (await fetch('http://127.0.0.1:' + upstream.address().port + '/price')).text()
    response.json({})
  })
  app.get('/boom', async () => { throw new Error('boom') })
  for (const bad of ['unhandledRejection', 'uncaughtException']) process.on(bad, (error) => console.log('BAD', error))
  const server = app.listen(0, '127.0.0.1', () => console.log('up ' + server.address().port))
  process.once('message', async () => {
    for (const each of [server, upstream]) { each.close(); each.closeAllConnections() }
    await pool.end(); io.disconnect(); await client.close(); process.disconnect()
  })`
/** What an application writes that wants the processor, too. */
const OWN = `
  const load = require('node:module').createRequire(${JSON.stringify(join(LIBRARIES, '@opentelemetry/sdk-node/package.json'))})
  const { NodeSDK } = load('@opentelemetry/sdk-node'), { BatchSpanProcessor } = load('@opentelemetry/sdk-trace')
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-http')
  const instrumentations = load('@opentelemetry/auto-instrumentations-node').getNodeAutoInstrumentations()
  const { spanProcessor } = require(${JSON.stringify(resolve('dist/opentelemetry-entry.js'))})
  const spanProcessors = [spanProcessor(), new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })]
  const sdk = new NodeSDK({ instrumentations, spanProcessors })
  sdk.start()
  process.once('beforeExit', () => sdk.shutdown())`

const skip = noLibraries ?? (hasPostgres && hasRedis ? false : 'PostgreSQL or Redis is not installed')

describe('beside every instrumentation of OpenTelemetry', { skip }, () => {
  let database: TestServer
  let cache: TestServer
  const directory = folder()
  const alone: Record<string, Readonly<Record<string, number>>> = {}
  before(async () => {
    ;[database, cache] = await Promise.all([postgresServer(), redisServer()])
    mkdirSync(join(directory, 'node_modules'))
    for (const name of ['pg', 'ioredis', 'redis']) {
      symlinkSync(join(LIBRARIES, name), join(directory, 'node_modules', name))
    }
    symlinkSync(resolve('node_modules/express'), join(directory, 'node_modules/express'))
    writeFileSync(join(directory, 'own.cjs'), OWN)
  })
  after(async () => {
    await Promise.all([database?.stop(), cache?.stop()])
    rmSync(directory, { recursive: true, force: true })
  })

  const start = (file: string, flags: readonly string[], sink: SpanSink) =>
    application(`${file.endsWith('.cjs') ? `${COMMONJS}${WORK}\n})()` : `${MODULES}${WORK}\n}`}`, {
      directory,
      file,
      flags,
      env: {
        PGTEST: String(database.port),
        REDISTEST: String(cache.port),
        NODE_ENV: 'test',
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_NODE_RESOURCE_DETECTORS: 'env',
        YARDSTICK_STORE: 'memory',
      },
    })

  const serve = async (own: string): Promise<void> => {
    for (let i = 0; i < REQUESTS; i++)
      assert.equal((await ask(`http://127.0.0.1:${own}/users/${i}`)).status, 200)
    assert.equal((await ask(`http://127.0.0.1:${own}/boom`)).status, 500)
  }

  for (const [file, otel] of [
    ['app.cjs', ['--require', join(AUTO, 'register.cjs')]],
    ['app.mjs', ['--import', join(AUTO, 'register.mjs'), ...HOOK]],
  ] as const) {
    const ours = [otel[0]!, REGISTER]
    const own = ['--require', join(directory, 'own.cjs'), ...otel.slice(2)]
    for (const [order, flags] of [
      ['alone', otel],
      ['OpenTelemetry first', [...otel, ...ours]],
      ['Yardstick first', [...ours, ...otel]],
      ['with the processor', ['--require', REGISTER, ...own]],
    ] as const) {
      test(`${file}, ${order}`, async (t) => {
        const sink = await spanSink()
        t.after(sink.close)
        const app = start(file, flags, sink)
        t.after(app.close)
        const [, at] = await app.printed(/up (\d+)/)
        await serve(at!)
        let examples: readonly { readonly series: string; readonly trace_id: string | null }[] = []
        if (order !== 'alone') {
          const port = await portOf(app)
          // The server that is asked is in the process, too.
          const { metrics_by_type: found } = await metrics(port, 'request', REQUESTS * 2 + 1)
          assert.deepEqual(found.database!.series.map(({ name, ok, failed }) => [name, ok, failed]).sort(), [
            ['SELECT nowhere', 0, REQUESTS],
            ['SELECT pg_class', REQUESTS, 0],
            ['SELECT pg_type', REQUESTS, 0],
          ])
          assert.deepEqual(found.cache_l2!.series.map(({ name, n }) => [name, n]).sort(), [
            ['get', REQUESTS * 3],
            ['set', REQUESTS],
          ])
          // What is exported goes out by POST.
          const asked = found.external!.series.filter(({ name }) => name.startsWith('GET'))
          assert.deepEqual(
            asked.map(({ n }) => n),
            [REQUESTS],
          )
          const { body } = await ask(`${port}/api/v1/performance/report`)
          examples = (JSON.parse(body) as { readonly slowest_requests: typeof examples }).slowest_requests
          const self = (await ask(`${port}/api/v1/performance/self`)).body
          assert.doesNotMatch(self, /"degraded"/)
          assert.match(self, /"errors":0/)
        }
        app.child.send('end')
        assert.equal(await app.ended(), 0)
        assert.doesNotMatch(app.stdout(), /BAD/)
        const shapes = sink.shapes()
        if (order === 'alone') alone[file] = shapes
        assert.deepEqual(shapes, alone[file])
        assert.ok(
          Object.keys(shapes).some((shape) => /SELECT/.test(shape)),
          'queries have spans',
        )
        const failed = examples.filter(({ series }) => series === 'GET /boom')
        assert.equal(failed.length, order === 'alone' ? 0 : 1)
        for (const { trace_id } of failed) assert.ok(sink.traceIds().has(trace_id!), `no trace ${trace_id}`)
      })
    }
  }
})
