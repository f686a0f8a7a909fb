import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Measured, measured } from '../../../contracts/recorder/measured-server.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { scopeOf } from '../../../src/recorders/requests/request-scope.ts'
import { noFrameworks, required } from '../frameworks.ts'
import { installed } from '../installed.ts'

type Play = Measured & { readonly client: ClientHttp2Session }

/** Measures a server of HTTP/2 with a client connected to it. */
function measured2(
  make: (reading: Measured['reading']) => Http2Server | Promise<Http2Server>,
  use: (play: Play) => Promise<void>,
  options: Parameters<typeof measured>[0] = {},
): Promise<void> {
  let server: Http2Server
  const opened: ClientHttp2Session[] = []
  const made = async (reading: Measured['reading']): Promise<Server> => {
    server = await make(reading)
    // What the contract calls in the end, in the words of HTTP/1.
    const closeAllConnections = (): void => {
      for (const client of opened) client.destroy()
    }
    return Object.assign(server, { closeAllConnections }) as never
  }
  return measured(options, made, async (play) => {
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    client.on('error', () => {})
    opened.push(client)
    await use({ ...play, client })
  })
}

function ask(client: ClientHttp2Session, path: string, method = 'GET', body?: string): ClientHttp2Stream {
  const stream = client.request({ ':path': path, ':method': method })
  stream.on('error', () => {})
  stream.setEncoding('utf8').resume()
  stream.end(body)
  return stream
}

async function answered(
  client: ClientHttp2Session,
  path: string,
  method = 'GET',
  body?: string,
): Promise<void> {
  const stream = ask(client, path, method, body)
  // `once` would reject with a stream that the server breaks off.
  await new Promise((resolve) => stream.on('close', resolve))
}

/** Answers by what the path says. */
function answer(request: Http2ServerRequest, response: Http2ServerResponse): void {
  const path = request.url.replace(/\?.*/, '')
  if (path === '/slow') return
  if (path === '/events') {
    response.setHeader('Content-Type', 'text/event-stream')
    response.write('data: first\n\n')
  } else if (path === '/partial') response.write('part')
  else if (path === '/call') {
    response.addTrailers({ 'grpc-status': request.url.replace(/.*\?/, '') })
    response.end('message')
  } else if (path === '/call-at-once') {
    response.stream.respond({ 'grpc-status': request.url.replace(/.*\?/, '') }, { endStream: true })
  } else if (path === '/cut') response.stream.destroy()
  else if (path === '/late-cut') response.write('part', () => response.stream.close(2))
  else {
    response.statusCode = path === '/fails' ? 503 : path === '/nothing' ? 404 : 200
    response.end('fine')
  }
}

const outcomes: readonly (readonly [
  name: string,
  run: (play: Play) => Promise<void>,
  recorded: Readonly<Record<string, string>>,
])[] = [
  ['an answer', ({ client }) => answered(client, '/ok?token=secret'), { 'request GET (no route)': said(1) }],
  ['HEAD', ({ client }) => answered(client, '/ok', 'HEAD'), { 'request HEAD (no route)': said(1) }],
  ['a body', ({ client }) => answered(client, '/ok', 'POST', 'x'), { 'request POST (no route)': said(1) }],
  ['404', ({ client }) => answered(client, '/nothing'), { 'request GET (unmatched)': said(1) }],
  ['503', ({ client }) => answered(client, '/fails'), { 'request GET (no route)': said(0, 1) }],
  [
    'the server destroys the stream before an answer',
    ({ client }) => answered(client, '/cut'),
    { 'request GET (no route)': said(0, 1) },
  ],
  [
    'the server gives up in the middle',
    ({ client }) => answered(client, '/late-cut'),
    { 'request GET (no route)': said(0, 1) },
  ],
  [
    'the client cancels at once',
    async ({ client, inFlight }) => {
      const stream = ask(client, '/slow')
      await until('it has come', () => inFlight() === 1)
      stream.close(8)
    },
    { 'request GET (no route)': said(1) },
  ],
  [
    'the client gives up waiting',
    async ({ client, inFlight, skip }) => {
      const stream = ask(client, '/slow')
      await until('it has come', () => inFlight() === 1)
      skip(1000)
      stream.close(8)
    },
    { 'request GET (no route)': said(0, 1) },
  ],
  [
    'the client cancels when the time is over that it said it would wait',
    async ({ client, inFlight, skip }) => {
      for (const [waitedMs, header] of [
        [60, '100m'],
        [20, '100m'],
        [60, 'soon'],
      ] as const) {
        const stream = client.request({ ':path': '/slow', 'grpc-timeout': header })
        stream.on('error', () => {})
        await until('it has come', () => inFlight() === 1)
        skip(waitedMs)
        stream.close(8)
        await until('it has gone', () => inFlight() === 0)
      }
    },
    { 'request GET (no route)': said(2, 1) },
  ],
  [
    'the status of a call of gRPC is the last that is sent, or the only one',
    async ({ client }) => {
      for (const path of [
        '/call?0',
        '/call?5',
        '/call?13',
        '/call?99',
        '/call-at-once?12',
        '/call-at-once?14',
      ]) {
        await answered(client, path, 'POST')
      }
    },
    { 'request POST (no route)': said(1, 3), 'request POST (unmatched)': said(2) },
  ],
  [
    'the connection is lost in the middle of an answer',
    async ({ client, skip }) => {
      await once(ask(client, '/partial'), 'data')
      skip(5000)
      client.destroy()
    },
    { 'request GET (no route)': said(1) },
  ],
  [
    'server-sent events are a wait',
    async ({ client, inFlight }) => {
      const stream = ask(client, '/events')
      await once(stream, 'data')
      assert.equal(inFlight(), 0)
      stream.close(8)
    },
    { 'wait GET (no route)': said(1) },
  ],
  [
    'a connection within the connection is a wait',
    async ({ client, inFlight }) => {
      const stream = client.request({ ':method': 'CONNECT', ':authority': 'example:1' })
      stream.on('error', () => {})
      await once(stream, 'response')
      assert.equal(inFlight(), 0)
      stream.close(8)
    },
    { 'wait CONNECT (upgrade)': said(1) },
  ],
  [
    'several at once on one connection',
    async ({ client }) => {
      await Promise.all([1, 2, 3].map((id) => answered(client, `/users/${id}`)))
    },
    { 'request GET (no route)': said(3) },
  ],
]

describe('requests over HTTP/2', () => {
  for (const [name, run, recorded] of outcomes) {
    test(name, () =>
      measured2(
        () => {
          const server = createServer(answer)
          return server.on('connect', (_request, response: Http2ServerResponse) => {
            response.writeHead(200)
            response.write('')
          })
        },
        async (play) => {
          await run(play)
          await play.quiet()
          await until('all is recorded', () => Object.keys(play.reading.outcomes()).length > 0)
          assert.deepEqual(play.reading.outcomes(), recorded)
          assert.deepEqual(play.reading.errors, [])
          assert.equal(play.inFlight(), 0)
        },
      ),
    )
  }

  test('a server that speaks streams, and pushes: what is pushed is no request', () =>
    measured2(
      () =>
        createServer().on('stream', (stream: ServerHttp2Stream) => {
          stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
            pushed.respond({ ':status': 200 })
            pushed.end('pushed')
            stream.respond({ ':status': 200 })
            stream.end('fine')
          })
        }),
      async ({ client, reading, quiet }) => {
        await answered(client, '/')
        await quiet()
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
        assert.deepEqual(reading.errors, [])
      },
    ))

  test('what is to be ignored is', () =>
    measured2(
      () => createServer(answer),
      async ({ client, reading }) => {
        await answered(client, '/healthz')
        await answered(client, '/ok')
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
      },
      { ignore: ['/healthz'] },
    ))

  test('no header is added, whichever are asked for', () =>
    measured2(
      () => createServer(answer),
      async ({ client, reading, quiet }) => {
        await answered(client, '/ok')
        await quiet()
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
        assert.deepEqual(reading.errors, [])
      },
      { headers: 'all', serverTiming: 'all' },
    ))

  test('60 concurrent requests on one connection: every place belongs to its own', async () => {
    const found: Record<string, number> = {}
    await measured2(
      ({ ledger }) =>
        createServer(async (request, response) => {
          const at = (place: string): void => {
            const scope = ledger.scopes.getStore()
            const own = scopeOf(request)
            const key =
              own !== undefined && scope === own
                ? 'right'
                : `${scope === undefined ? 'lost' : 'wrong'}: ${place}`
            found[key] = (found[key] ?? 0) + 1
          }
          at('handler')
          response.on('finish', () => at('finish'))
          request.on('data', () => at('data'))
          request.on('end', async () => {
            at('end')
            await delay(1 + (Number(/\d+/.exec(request.url)?.[0]) % 7))
            at('after a timer')
            response.end('fine')
          })
        }),
      async ({ client, reading, quiet }) => {
        await Promise.all(Array.from({ length: 60 }, (_, i) => answered(client, `/${i}`, 'POST', 'body')))
        await quiet()
        assert.deepEqual(found, { right: 60 * 5 })
        assert.deepEqual(reading.outcomes(), { 'request POST (no route)': said(60) })
        assert.deepEqual(reading.errors, [])
      },
    )
  })

  test('routes of Fastify', () =>
    measured2(
      async () => {
        const app = installed<typeof import('fastify')>('fastify')!.fastify({ http2: true })
        app.get('/users/:id', async () => 'fine')
        await app.ready()
        return app.server as unknown as Http2Server
      },
      async ({ client, reading, quiet }) => {
        await answered(client, '/users/7')
        await answered(client, '/nothing/there')
        await quiet()
        assert.deepEqual(reading.outcomes(), {
          'request GET /users/:id': said(1),
          'request GET (unmatched)': said(1),
        })
      },
    ))

  test('routes of Koa', { skip: noFrameworks }, () =>
    measured2(
      () => {
        interface Application {
          use(middleware: unknown): this
          callback(): (request: IncomingMessage, response: ServerResponse) => void
        }
        const Koa = required<new () => Application>('koa')
        const Router =
          required<new () => { get(path: string, handler: unknown): void; routes(): unknown }>('@koa/router')
        const router = new Router()
        router.get('/users/:id', (context: { body: unknown }) => {
          context.body = 'fine'
        })
        return createServer(new Koa().use(router.routes()).callback() as never)
      },
      async ({ client, reading, quiet }) => {
        await answered(client, '/users/7')
        await quiet()
        assert.deepEqual(reading.outcomes(), { 'request GET /users/:id': said(1) })
      },
    ),
  )
})
