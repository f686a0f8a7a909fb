import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { before, describe, test } from 'node:test'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { OperationsOfSpans, type SpanProcessor } from '../../../src/recorders/opentelemetry/processor.ts'
import { noLibraries, required } from '../libraries.ts'

interface Span {
  end(): void
  setStatus(status: { readonly code: number }): void
}

interface Tracer {
  startSpan(name: string, options?: object): Span
  startActiveSpan<T>(name: string, options: object, run: (span: Span) => T): T
}

interface Provider {
  getTracer(name: string): Tracer
  register(): void
}

interface Sdk {
  readonly NodeTracerProvider: new (options: {
    readonly spanProcessors: readonly SpanProcessor[]
  }) => Provider
}

const [INTERNAL, SERVER, CLIENT, CONSUMER, ERROR] = [0, 1, 2, 4, 2]
const TRACE = /^[0-9a-f]{32}$/

describe('spans of the real SDK', { skip: noLibraries ?? false }, () => {
  let reading: Reading
  let provider: Provider
  before(() => {
    const { NodeTracerProvider } = required<Sdk>('@opentelemetry/sdk-trace-node')
    provider = new NodeTracerProvider({ spanProcessors: [new OperationsOfSpans(() => reading.ledger)] })
    provider.register()
  })

  const recorded = (
    attributes: object,
    { kind = CLIENT, scope = 'mine', failed = false, name = 'span' } = {},
  ): Readonly<Record<string, string>> => {
    const span = provider.getTracer(scope).startSpan(name, { kind, attributes })
    if (failed) span.setStatus({ code: ERROR })
    span.end()
    return reading.outcomes()
  }

  const cases: readonly (readonly [
    title: string,
    attributes: object,
    options: Parameters<typeof recorded>[1],
    expected: Readonly<Record<string, string>>,
  ])[] = [
    [
      'a query, by the stable conventions',
      { 'db.system.name': 'cassandra', 'db.operation.name': 'SELECT', 'db.collection.name': 'users' },
      {},
      { 'database SELECT users': 'ok 1' },
    ],
    [
      'a query, by the older ones; literals are not kept',
      { 'db.system': 'mssql', 'db.statement': "SELECT * FROM users WHERE name = 'ann'" },
      { failed: true },
      { 'database SELECT users': 'failed 1' },
    ],
    [
      'its summary comes first',
      { 'db.system.name': 'mssql', 'db.query.summary': 'EXEC prune', 'db.query.text': 'EXEC prune 12' },
      {},
      { 'database EXEC prune': 'ok 1' },
    ],
    [
      'a command of Redis, without its key',
      { 'db.system': 'redis', 'db.statement': 'GET user:ann' },
      {},
      { 'cache_l2 get': 'ok 1' },
    ],
    [
      'a message',
      {
        'messaging.system': 'nats',
        'messaging.operation.name': 'process',
        'messaging.destination.name': 'orders',
      },
      { kind: CONSUMER },
      { 'messaging process orders': 'ok 1' },
    ],
    [
      'a temporary destination has no name',
      {
        'messaging.system': 'nats',
        'messaging.destination.name': 'x7',
        'messaging.destination.temporary': true,
      },
      {},
      { 'messaging send (temporary)': 'ok 1' },
    ],
    [
      'a remote call',
      { 'rpc.system': 'aws-api', 'rpc.service': 'S3', 'rpc.method': 'PutObject' },
      {},
      { 'rpc S3/PutObject': 'ok 1' },
    ],
    [
      'a function',
      { 'faas.trigger': 'timer', 'faas.name': 'nightly' },
      { kind: SERVER },
      { 'faas nightly': 'ok 1' },
    ],
    [
      'a request to a server that is not of Node',
      {
        'http.request.method': 'GET',
        'http.route': '/a/:b',
        'url.path': '/a/1',
        'http.response.status_code': 503,
      },
      { kind: SERVER },
      { 'request GET /a/:b': 'failed 1' },
    ],
    [
      'a request without a route',
      { 'http.method': 'GET', 'http.target': '/a/1' },
      { kind: SERVER },
      { 'request GET (no route)': 'ok 1' },
    ],
    ['outgoing HTTP is recorded already', { 'http.request.method': 'GET', 'url.full': 'http://a/b' }, {}, {}],
    [
      'so are requests to servers of Node',
      { 'http.request.method': 'GET', 'http.route': '/a' },
      { kind: SERVER, scope: '@opentelemetry/instrumentation-http' },
      {},
    ],
    [
      'a middleware is no operation',
      { 'express.type': 'middleware', 'http.route': '/a' },
      { kind: INTERNAL },
      {},
    ],
  ]
  for (const [title, attributes, options, expected] of cases) {
    test(title, () => {
      reading = new Reading()
      assert.deepEqual(recorded(attributes, options), expected)
      assert.deepEqual(reading.errors, [])
    })
  }

  test('what a recorder measures does not count twice, whoever made the span', () => {
    reading = new Reading()
    const query = { 'db.system': 'postgresql', 'db.statement': 'SELECT 1 FROM users' }
    const scopes = ['@opentelemetry/instrumentation-pg', '@opentelemetry/instrumentation-knex', 'mine']
    reading.ledger.report({ name: 'pg', library: 'pg', version: '8.23.1', state: 'attached', how: 'patch' })
    for (const scope of scopes) assert.deepEqual(recorded(query, { scope }), {})
    const old = { 'db.system': 'mysql', 'db.statement': 'SELECT 1 FROM users' }
    reading.ledger.report({
      name: 'mysql2',
      library: 'mysql2',
      version: '3.24.6',
      state: 'attached',
      how: 'patch',
    })
    assert.deepEqual(recorded(old, { scope: 'mine' }), {})
    // Another driver's instrumentation, of which there is no recorder.
    assert.deepEqual(recorded(old, { scope: '@opentelemetry/instrumentation-mysql' }), {
      'database SELECT users': 'ok 1',
    })
  })

  test('a recorder that is not in the way of its library is no reason to pass over', () => {
    reading = new Reading()
    reading.ledger.report({
      name: 'pg',
      library: 'pg',
      version: '1.0.0',
      state: 'degraded',
      detail: 'unknown',
    })
    const query = { 'db.system': 'postgresql', 'db.statement': 'SELECT 1 FROM users' }
    assert.deepEqual(recorded(query), { 'database SELECT users': 'ok 1' })
  })

  test('an operation belongs to the request in which it began, and a slow request names its trace', async () => {
    await measured(
      {},
      (measuring) => {
        reading = measuring
        measuring.ledger.slowFrom(() => 0)
        return createServer((_request, response) => {
          const attributes = { 'http.request.method': 'GET', 'http.route': '/orders' }
          provider.getTracer('mine').startActiveSpan('GET /orders', { kind: SERVER, attributes }, (span) => {
            const query = { 'db.system': 'cassandra', 'db.operation': 'SELECT', 'db.sql.table': 'orders' }
            const child = provider.getTracer('mine').startSpan('query', { attributes: query })
            setTimeout(() => {
              child.end()
              span.end()
              response.end('done')
            }, 5)
          })
        })
      },
      async ({ open, quiet }) => {
        const client = open()
        client.send(head('GET', '/'))
        await client.received(/done/)
        await quiet()
        const counts = reading.counts()
        assert.equal(counts.get('database SELECT orders')?.total, 1)
        assert.equal(counts.get('request GET (no route)')?.breakdown?.get('database')?.calls, 1)
        assert.equal(counts.has('request GET /orders'), false)
        await until('the example was told', () => reading.examples.length > 0)
        assert.match(reading.examples[0]!.traceId ?? '', TRACE)
      },
    )
  })
})
