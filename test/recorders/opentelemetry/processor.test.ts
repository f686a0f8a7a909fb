import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { LoopReader } from '../../../src/measure/loop-reader.ts'
import type { Scope } from '../../../src/measure/scope.ts'
import { Instrument } from '../../../src/recorders/libraries/instrument.ts'
import { activeTraceId } from '../../../src/recorders/opentelemetry/active-trace.ts'
import { OperationsOfSpans, type SpanProcessor } from '../../../src/recorders/opentelemetry/processor.ts'
import { noLibraries, required } from '../libraries.ts'

interface Span {
  spanContext(): { readonly traceId: string }
  end(): void
  setStatus(status: { readonly code: number }): void
}

interface Tracer {
  startSpan(name: string, options?: object): Span
  startActiveSpan<T>(name: string, options: object, run: (span: Span) => T): T
}

/** How the versions of the SDK are started, and what of its API is used here. */
interface Library {
  readonly NodeTracerProvider: new (options: Options) => { register(): void }
  readonly NodeSDK: new (options: Options) => { start(): void }
  readonly trace: { getTracer(name: string): Tracer; disable(): void }
  readonly context: { disable(): void }
}

interface Options {
  readonly spanProcessors: readonly SpanProcessor[]
  readonly instrumentations?: readonly object[]
}

const SDKS: Readonly<Record<string, (options: Options) => void>> = {
  2: (options) => new (required<Library>('opentelemetry-sdk2').NodeTracerProvider)(options).register(),
  3: (options) => {
    const { NodeSDK } = required<Library>('@opentelemetry/sdk-node')
    new NodeSDK({ ...options, instrumentations: [] }).start()
  },
}

const [INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER, ERROR] = [0, 1, 2, 3, 4, 2]
const TRACE = /^[0-9a-f]{32}$/

for (const [version, start] of Object.entries(SDKS)) {
  describe(`spans of SDK ${version}`, { skip: noLibraries ?? false }, () => {
    let reading: Reading
    let provider: Library['trace']
    before(() => {
      start({ spanProcessors: [new OperationsOfSpans(() => reading.ledger)] })
      provider = required<Library>('@opentelemetry/api').trace
    })
    after(() => {
      const { trace, context } = required<Library>('@opentelemetry/api')
      trace.disable()
      context.disable()
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
        'a message that comes, by the oldest conventions',
        { 'messaging.system': 'nats', 'messaging.destination': 'x7', 'messaging.temp_destination': true },
        { kind: CONSUMER },
        { 'messaging process (temporary)': 'ok 1' },
      ],
      [
        'a remote call, by the stable conventions',
        { 'rpc.system.name': 'connectrpc', 'rpc.method': 'shop.Orders/Get' },
        { kind: SERVER, failed: true },
        { 'rpc shop.Orders/Get': 'failed 1' },
      ],
      [
        'a remote call, by both',
        { 'rpc.system': 'connectrpc', 'rpc.service': 'shop.Orders', 'rpc.method': 'shop.Orders/Get' },
        {},
        { 'rpc shop.Orders/Get': 'ok 1' },
      ],
      [
        'a command of a cache, by the stable conventions',
        { 'db.system.name': 'valkey', 'db.operation.name': 'HGET', 'db.query.text': 'HGET user:ann name' },
        {},
        { 'cache_l2 hget': 'ok 1' },
      ],
      [
        'a system whose name is that of a method of objects',
        { 'db.system': 'constructor', 'db.operation': '__proto__' },
        { scope: '@opentelemetry/instrumentation-constructor' },
        { 'database __proto__': 'ok 1' },
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
      [
        'outgoing HTTP is recorded already',
        { 'http.request.method': 'GET', 'url.full': 'http://a/b' },
        {},
        {},
      ],
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

    test('of pg and its pool each is recorded, or not, by itself', () => {
      const postgres = { 'db.system': 'postgresql' }
      const scope = '@opentelemetry/instrumentation-pg'
      for (const [library, expected] of [
        ['pg', { 'database_wait pg': 'ok 1' }],
        ['pg-pool', { 'database SELECT users': 'ok 1' }],
      ] as const) {
        reading = new Reading()
        reading.ledger.report({ name: 'pg', library, version: '1.0.0', state: 'attached', how: 'patch' })
        recorded(postgres, { scope, name: 'pg-pool.connect' })
        assert.deepEqual(
          recorded({ ...postgres, 'db.statement': 'SELECT 1 FROM users' }, { scope }),
          expected,
        )
      }
    })

    test('messages and remote calls that are recorded do not count twice either', () => {
      reading = new Reading()
      for (const [name, library, system] of [
        ['kafkajs', 'kafkajs', { 'messaging.system': 'kafka' }],
        ['amqplib', 'amqplib', { 'messaging.system': 'rabbitmq' }],
        ['bullmq', 'bullmq', { 'messaging.system': 'bullmq' }],
        ['grpc', '@grpc/grpc-js', { 'rpc.system': 'grpc' }],
        ['sqlite', 'node', { 'db.system': 'sqlite', 'db.operation': 'SELECT' }],
      ] as const) {
        const before = reading.counts().size
        reading.ledger.report({ name, library, version: '1.0.0', state: 'attached', how: 'patch' })
        recorded(system)
        assert.equal(reading.counts().size, before, name)
      }
    })

    test('what is sent counts by its spans until the recorder of the library sees it sent', () => {
      reading = new Reading()
      const { ledger } = reading
      for (const [system, name, what] of [
        ['kafka', 'kafkajs', 'kafkajs send'],
        ['rabbitmq', 'amqplib', 'amqplib publish'],
        ['bullmq', 'bullmq'],
      ] as const) {
        ledger.report({ name, library: name, version: '1.0.0', state: 'attached', how: 'patch' })
        const sent = (): unknown => {
          const attributes = { 'messaging.system': system, 'messaging.destination.name': name }
          recorded(attributes, { kind: CONSUMER })
          return recorded(attributes, { kind: PRODUCER })[`messaging send ${name}`]
        }
        assert.equal(sent(), 'ok 1')
        if (what !== undefined) ledger.takesOn(name, what)
        assert.equal(sent(), what === undefined ? 'ok 2' : 'ok 1')
        assert.equal(reading.counts().has(`messaging process ${name}`), false)
      }
    })

    test('a recorder that is switched off keeps no span from counting, whatever it attaches to later', () => {
      reading = new Reading()
      const { ledger } = reading
      const query = { 'db.system': 'postgresql', 'db.statement': 'SELECT 1 FROM users' }
      const pg = { name: 'pg', library: 'pg', version: '8.23.1', state: 'attached', how: 'patch' } as const
      ledger.report(pg)
      const instrument = new Instrument('pg', ledger)
      for (let i = 0; i < 9; i++) instrument.caught(new TypeError('ours'))
      assert.deepEqual(recorded(query), {})
      instrument.caught(new TypeError('ours'))
      ledger.report({ ...pg, version: '8.22.0' })
      assert.deepEqual(recorded(query), { 'database SELECT users': 'ok 1' })
    })

    test('another part of Node.js that is recorded is no reason to pass over', () => {
      reading = new Reading()
      reading.ledger.report({
        name: 'crypto',
        library: 'node',
        version: '24.0.0',
        state: 'attached',
        how: 'patch',
      })
      assert.deepEqual(recorded({ 'db.system': 'sqlite', 'db.operation': 'SELECT' }), {
        'database SELECT': 'ok 1',
      })
    })

    test('of spans about a database inside each other the innermost counts', () => {
      reading = new Reading()
      const within = (attributes: object, inside: () => void): void => {
        provider.getTracer('mine').startActiveSpan('around', { kind: CLIENT, attributes }, (span) => {
          inside()
          span.end()
        })
      }
      const query = { 'db.system': 'mssql', 'db.operation': 'SELECT', 'db.sql.table': 'users' }
      // A query builder, a step of its own, the driver; the cache is asked inside the query, too.
      within({ 'db.system': 'mssql', 'db.operation': 'findUsers' }, () => {
        within({}, () => {
          recorded({ 'db.system': 'redis', 'db.operation': 'GET' })
          recorded(query)
          recorded(query)
        })
      })
      assert.deepEqual(reading.outcomes(), { 'database SELECT users': 'ok 2', 'cache_l2 get': 'ok 1' })
      // Handling a message and sending one from there are two.
      within({ 'messaging.system': 'nats', 'messaging.operation': 'process' }, () => {
        recorded({ 'messaging.system': 'nats', 'messaging.operation': 'publish' })
      })
      const { 'messaging process': process, 'messaging publish': publish } = reading.outcomes()
      assert.deepEqual([process, publish], ['ok 1', 'ok 1'])
    })

    test('of spans that each begin in the one before only what runs and what it began in is kept', async () => {
      reading = new Reading()
      const { ledger } = reading
      const processor = new OperationsOfSpans(() => ledger)
      const spans = Array.from({ length: 4 }, () => provider.getTracer('mine').startSpan('poll'))
      const scopes = spans.map((span, i) => {
        const scope = {} as Scope
        ledger.scopes.run(scope, () => processor.onStart(span, { getValue: () => spans[i - 1] }))
        // They overlap, as those of a poller that asks for its next turn before it is done.
        if (i > 0) processor.onEnd(spans[i - 1]!)
        return new WeakRef(scope)
      })
      setFlagsFromString('--expose-gc')
      const gc = runInNewContext('gc') as () => void
      await new Promise(setImmediate)
      gc()
      assert.deepEqual(
        scopes.map((scope) => scope.deref() !== undefined),
        [false, false, true, true],
      )
      // The spans themselves are all there: the application's to keep.
      assert.equal(spans.length, 4)
      assert.deepEqual(reading.errors, [])
    })

    test('one that gave up records again with the next ledger', () => {
      reading = new Reading()
      const first = reading
      const processor = new OperationsOfSpans(() => reading.ledger)
      const unreadable = {
        get attributes(): never {
          throw new TypeError('not to be read')
        },
      }
      const query = { kind: CLIENT, attributes: { 'db.system': 'mssql' }, status: {}, duration: [0, 1] }
      for (let i = 0; i < 10; i++) processor.onEnd(unreadable)
      processor.onEnd(query)
      assert.equal(first.errors.length, 10)
      assert.deepEqual(first.outcomes(), {})
      reading = new Reading()
      processor.onEnd(query)
      assert.deepEqual(reading.outcomes(), { 'database mssql': 'ok 1' })
    })

    test('what is not recorded is counted, and who made it is told', () => {
      reading = new Reading()
      recorded({ 'db.system': 'mssql' })
      recorded({ 'http.request.method': 'GET', 'url.full': 'http://a/b' })
      recorded({ 'gen_ai.system': 'here' }, { scope: 'gen' })
      recorded({ 'peer.ipv4': '10.0.0.1' }, { scope: 'dns' })
      recorded({}, { kind: INTERNAL })
      for (let i = 0; i < 100; i++) recorded({}, { scope: `scope-${i}` })
      const { spans, spansPassedOver, spansUnknown } = new LoopReader(reading.ledger.loop.buffer).losses
      assert.deepEqual([spans, spansPassedOver, spansUnknown], [1, 1, 102])
      const told = reading.ledger.announced.flatMap((each) => (each.kind === 'recorder' ? [each.report] : []))
      assert.match(told[0]!.detail!, /^spans of the application’s tracer$/)
      assert.match(told[2]!.detail!, /not recorded.*those of$/)
      assert.deepEqual(
        told.flatMap(({ lacking = [] }) => lacking),
        ['gen', 'dns', ...Array.from({ length: 6 }, (_, i) => `scope-${i}`)],
      )
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

    test('the trace that is running is found, once OpenTelemetry is there, within 64 calls', () => {
      const running = (): readonly (string | undefined)[] => Array.from({ length: 64 }, activeTraceId)
      assert.equal(running().at(-1), undefined)
      provider.getTracer('mine').startActiveSpan('around', {}, (span) => {
        const ids = running()
        assert.match(ids.at(-1)!, TRACE)
        assert.equal(ids.at(-1), span.spanContext().traceId)
        span.end()
      })
      assert.equal(activeTraceId(), undefined)
    })

    test('an operation belongs to the request in which it began, and a slow request names its trace', async () => {
      await measured(
        {},
        (measuring) => {
          reading = measuring
          measuring.ledger.slowFrom(() => 0)
          return createServer((_request, response) => {
            const attributes = { 'http.request.method': 'GET', 'http.route': '/orders' }
            provider
              .getTracer('mine')
              .startActiveSpan('GET /orders', { kind: SERVER, attributes }, (span) => {
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
}
