import assert from 'node:assert/strict'
import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type RequestListener,
} from 'node:http'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import type { HttpOptions } from '../../../src/recorders/requests/http-options.ts'
import { scopeOf } from '../../../src/recorders/requests/request-scope.ts'

const SHOWN = /^(x-response-time-ms|x-performance-grade|x-concurrent-requests|server-timing)$/
const OURS = /(x-response-time-ms|x-performance-grade|x-concurrent-requests|server-timing): .*\r\n/gi

/** Sends one request and gives status line, headers by lower-case name (several values joined), and body. */
async function answered(
  options: HttpOptions,
  listener: RequestListener,
  request: string = head('GET', '/'),
): Promise<{ status: string; headers: Record<string, string>; body: string }> {
  let text = ''
  await measured(
    options,
    () => createServer(listener),
    async ({ ask, quiet, reading }) => {
      text = await ask(request)
      await quiet()
      assert.deepEqual(reading.errors, [])
    },
  )
  const [top = '', ...rest] = text.split('\r\n\r\n')
  const [status = '', ...lines] = top.split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? []
    const key = name.toLowerCase()
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value
  }
  return { status, headers, body: rest.join('\r\n\r\n') }
}

const all: HttpOptions = { headers: 'all', grade: () => 'B' }
const shownOf = (headers: Record<string, string>): string[] =>
  Object.keys(headers).filter((name) => SHOWN.test(name))

describe('response headers', () => {
  test('none are added unless asked for', async () => {
    const { headers } = await answered({ grade: () => 'A' }, (_request, response) => response.end('x'))
    assert.deepEqual(shownOf(headers), [])
  })

  test('all three, with the time up to the sending of headers', async () => {
    const { headers } = await answered(all, async (_request, response) => {
      await delay(5)
      response.end('x')
    })
    assert.equal(headers['x-performance-grade'], 'B')
    assert.equal(headers['x-concurrent-requests'], '1')
    assert.match(headers['x-response-time-ms']!, /^\d+(\.\d{1,2})?$/)
    assert.ok(Number(headers['x-response-time-ms']) >= 4)
  })

  test('no grade yet: no header of it', async () => {
    const { headers } = await answered({ headers: 'all', grade: () => undefined }, (_request, response) =>
      response.end(),
    )
    assert.deepEqual(shownOf(headers), ['x-response-time-ms', 'x-concurrent-requests'])
  })

  test('a middleware can ask for them on a single response', async () => {
    const { headers } = await answered({}, (_request, response) => {
      scopeOf(response)!.shown = true
      response.end()
    })
    assert.deepEqual(shownOf(headers), ['x-response-time-ms', 'x-concurrent-requests'])
  })

  const given: Readonly<Record<string, OutgoingHttpHeaders | string[] | [string, string][]>> = {
    'an object': { 'X-Own': 'mine', 'Set-Cookie': ['a=1', 'b=2'] },
    'names and values in turn': ['X-Own', 'mine', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
    pairs: [
      ['X-Own', 'mine'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ],
  }
  for (const [form, own] of Object.entries(given)) {
    test(`headers given to writeHead as ${form} stay as they are`, async () => {
      const { status, headers, body } = await answered(
        { ...all, serverTiming: 'all' },
        (_request, response) => {
          response.writeHead(201, 'Made', own as OutgoingHttpHeaders)
          response.end('x')
        },
      )
      assert.equal(status, 'HTTP/1.1 201 Made')
      assert.equal(headers['x-own'], 'mine')
      assert.equal(headers['set-cookie'], 'a=1, b=2')
      assert.match(body, /x/)
      assert.equal(shownOf(headers).length, 4)
    })
  }

  const odd: Readonly<Record<string, readonly unknown[]>> = {
    'no reason, and headers': [200, undefined, { 'X-Own': '1', 'x-own': '2' }],
    'null for a reason, and pairs': [
      200,
      null,
      [
        ['X-Own', '1'],
        ['X-Other', '2'],
        ['X-Own', '3'],
      ],
    ],
    'no reason, and a list': [200, undefined, ['X-Own', '1', 'X-Other', '2', 'x-own', '3']],
    'headers twice': [200, { 'X-Own': '1' }, { 'X-Other': '2' }],
    'a list that is odd': [200, ['X-Own', '1', 'X-Other']],
    'a list with an empty name': [200, ['', '1']],
    'a list with a number for a name': [200, [5, '1']],
    'pairs of which one is none': [200, [['X-Own', '1'], null]],
    'no status': [99],
    'an empty list': [200, []],
    'a text that is an object': [200, Object('ab')],
    'a value that is undefined': [200, { 'X-Own': undefined }],
    'a symbol, and what is inherited': [
      200,
      Object.create({ 'X-Other': '1' }, { [Symbol('x')]: { enumerable: true } }),
    ],
    'a type that throws': [
      200,
      {
        get 'Content-Type'() {
          throw new TypeError('theirs')
        },
      },
    ],
    'a proxy that throws': [
      200,
      new Proxy(
        {},
        {
          ownKeys() {
            throw new TypeError('theirs')
          },
        },
      ),
    ],
  }
  for (const [form, args] of Object.entries(odd)) {
    test(`writeHead given ${form}: what Node does with it without us`, async () => {
      const sent: string[] = []
      for (const options of [{}, { ...all, serverTiming: 'all' }] as const) {
        await measured(
          options,
          () =>
            createServer((_request, response) => {
              response.sendDate = false
              try {
                Reflect.apply(response.writeHead, response, args)
                response.end('sent')
              } catch (error) {
                response.socket?.end(`${(error as NodeJS.ErrnoException).code}: ${error}`)
              }
            }),
          async ({ ask, reading }) => {
            sent.push((await ask(head('GET', '/'))).replace(OURS, ''))
            assert.deepEqual(reading.errors, [])
          },
        )
      }
      assert.equal(sent[1], sent[0])
    })
  }

  test("the application's own headers of these names win", async () => {
    const { headers } = await answered({ ...all, serverTiming: 'all' }, (_request, response) => {
      response.setHeader('Server-Timing', 'mine;dur=1')
      response.writeHead(200, { 'x-performance-grade': 'Z' })
      response.end()
    })
    assert.equal(headers['x-performance-grade'], 'Z')
    assert.equal(headers['server-timing'], 'mine;dur=1')
  })

  test('nor are headers sent twice that come with writeHead, in whichever case', async () => {
    const own = Object.freeze({ 'x-PERFORMANCE-grade': 'Z', 'Content-Type': 'text/plain' })
    const { headers } = await answered(all, (_request, response) => response.writeHead(200, own).end('x'))
    assert.equal(headers['x-performance-grade'], 'Z')
    assert.deepEqual(shownOf(headers).toSorted(), [
      'x-concurrent-requests',
      'x-performance-grade',
      'x-response-time-ms',
    ])
    assert.equal(headers['content-type'], 'text/plain')
  })

  test('what is inherited is not among them, for Node does not send it', async () => {
    const inherited = Object.create({ 'X-Performance-Grade': 'Z', 'Content-Type': 'text/event-stream' })
    await measured(
      all,
      () => createServer((_request, response) => response.writeHead(200, inherited).end('x')),
      async ({ ask, quiet, reading }) => {
        const answer = await ask(head('GET', '/'))
        await quiet()
        assert.match(answer, /^X-Performance-Grade: B\r$/m)
        assert.doesNotMatch(answer, /Z|event-stream/)
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
      },
    )
  })

  test('headers are found where writeHead is given none, or others, in the place of a message', async () => {
    for (const other of [undefined, null, { 'X-Other': 'never sent' }]) {
      const { headers } = await answered(all, (_request, response) => {
        Reflect.apply(response.writeHead, response, [200, other, { 'x-performance-grade': 'Z' }])
        response.end('x')
      })
      assert.equal(headers['x-performance-grade'], 'Z')
      assert.equal(headers['x-other'], undefined)
      assert.equal(shownOf(headers).length, 3)
    }
  })

  test('the application finds none of them among its own: a cache of responses would send them again', async () => {
    const kept: OutgoingHttpHeaders[] = []
    const { headers } = await answered({ ...all, serverTiming: 'all' }, (_request, response) => {
      response.setHeader('X-Own', 'mine')
      response.end('x', () => kept.push({ ...response.getHeaders() }))
    })
    assert.deepEqual(kept, [{ 'x-own': 'mine' }])
    assert.equal(shownOf(headers).length, 4)
  })

  test('HEAD, 304 and 204 have them and stay without a body', async () => {
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 304],
      ['GET', 204],
    ] as const) {
      const { headers, body } = await answered(
        all,
        (_request, response) => response.writeHead(status).end(),
        head(method, '/'),
      )
      assert.equal(shownOf(headers).length, 3)
      assert.equal(body, '')
    }
  })

  test('trailers and HTTP/1.0 go on working', async () => {
    const trailers = await answered(all, (_request, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' })
      response.write('body')
      response.addTrailers({ 'X-Sum': '42' })
      response.end()
    })
    assert.match(trailers.body, /X-Sum: 42/)
    const old = await answered(all, (_request, response) => response.end('old'), 'GET / HTTP/1.0\r\n\r\n')
    assert.equal(shownOf(old.headers).length, 3)
    assert.equal(old.body, 'old')
  })

  test('a second writeHead throws what Node throws', async () => {
    let code: string | undefined
    await answered(all, (_request, response) => {
      response.writeHead(200)
      response.flushHeaders()
      try {
        response.writeHead(500)
      } catch (error) {
        code = (error as NodeJS.ErrnoException).code
      }
      response.end()
    })
    assert.equal(code, 'ERR_HTTP_HEADERS_SENT')
  })
})

describe('Server-Timing', () => {
  const listener =
    (work: () => Promise<unknown>): RequestListener =>
    async (_request, response) => {
      await work()
      response.end('x')
    }

  test('total and the wall time of each component, those still open too', async () => {
    let header = ''
    await measured(
      { serverTiming: 'trusted' },
      ({ ledger }) =>
        createServer(async (_request, response) => {
          await ledger.operation('database', 'query').track(() => delay(6))
          const handle = ledger.operation('my cache', 'get').start()
          await delay(3)
          response.end('x')
          handle.end()
        }),
      async ({ ask, reading, quiet }) => {
        header = /^server-timing: (.*)\r$/im.exec(await ask(head('GET', '/')))?.[1] ?? ''
        await quiet()
        assert.deepEqual(reading.errors, [])
      },
    )
    const parts = new Map(header.split(', ').map((part) => part.split(';dur=') as [string, string]))
    assert.deepEqual([...parts.keys()], ['total', 'database', 'my_cache'])
    const ms = (name: string): number => Number(parts.get(name))
    assert.ok(ms('database') >= 5 && ms('my_cache') >= 2, header)
    assert.ok(ms('total') >= ms('database') + ms('my_cache') - 0.02, header)
  })

  test('trusted: not for what a proxy passed on', async () => {
    const nothing = listener(async () => {})
    for (const header of [
      'X-Forwarded-For: 10.0.0.1',
      'Via: 1.1 proxy',
      'Forwarded: for=a',
      'CF-Connecting-IP: 1.2.3.4',
    ]) {
      const { headers } = await answered({ serverTiming: 'trusted' }, nothing, head('GET', '/', header))
      assert.deepEqual(shownOf(headers), [], header)
    }
    const header = 'X-Forwarded-For: 10.0.0.1'
    const rewriting =
      (rewrite: (headers: IncomingHttpHeaders) => void): RequestListener =>
      (request, response) => {
        rewrite(request.headers)
        response.end('x')
      }
    const added = rewriting((headers) => Object.assign(headers, { 'x-forwarded-for': '10.0.0.1' }))
    const taken = rewriting((headers) => delete headers['x-forwarded-for'])
    for (const [rewritten, ...came] of [[added], [taken, header]] as const) {
      const { headers } = await answered({ serverTiming: 'trusted' }, rewritten, head('GET', '/', ...came))
      assert.deepEqual(shownOf(headers), [], 'the application has rewritten the headers')
    }
    const direct = await answered({ serverTiming: 'trusted' }, nothing, head('GET', '/', 'X-Request-Id: 1'))
    assert.deepEqual(shownOf(direct.headers), ['server-timing'])
    const everybody = await answered({ serverTiming: 'all' }, nothing, head('GET', '/', 'Via: 1.1 proxy'))
    assert.deepEqual(shownOf(everybody.headers), ['server-timing'])
  })
})
