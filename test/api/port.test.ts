import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { occupant } from '../../src/api/occupant.ts'
import { openPort, type Port, type PortOptions } from '../../src/api/port.ts'
import { PROBLEM_TYPE } from '../../src/api/problem.ts'
import { api } from '../../src/api/routes.ts'
import { problemSchema } from '../../src/api/schemas.ts'
import { shopSlices, snapshotOf, sourceOf } from './fixture.ts'

const app = api(sourceOf(snapshotOf(shopSlices())))
const SELF = '/api/v1/performance/self'

type Listening = Extract<Port, { readonly state: 'listening' }>

async function open(t: TestContext, options: Partial<PortOptions> = {}): Promise<Port> {
  const errors: unknown[] = []
  const port = await openPort({
    host: '127.0.0.1',
    port: 0,
    fetch: app.fetch,
    access: {},
    service: 'shop',
    storeId: 'store-1',
    onError: (error) => errors.push(error),
    ...options,
  })
  t.after(async () => {
    if (port.state === 'listening') await port.close()
    assert.deepEqual(errors, [])
  })
  return port
}

async function listening(t: TestContext, options: Partial<PortOptions> = {}): Promise<Listening> {
  const port = await open(t, options)
  assert.equal(port.state, 'listening')
  return port as Listening
}

/** Something else that has a port. */
async function occupy(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

async function send(
  port: number,
  options: RequestOptions,
  body?: string | Buffer,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const request = httpRequest({ host: '127.0.0.1', port, path: SELF, agent: false, ...options })
  request.on('error', () => {})
  const answered = once(request, 'response') as Promise<[IncomingMessage]>
  request.end(body)
  const [response] = await answered
  return { status: response.statusCode!, headers: response.headers, body: await text(response) }
}

/** Sends bytes as they are and reads until the other side closes. */
async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(bytes)
  return text(socket)
}

test('the own port serves the API and leaves the globals alone', async (t) => {
  const { Request, Response } = globalThis
  const { url, port, reason } = (await listening(t)) as Listening
  assert.equal(url, `http://127.0.0.1:${port}`)
  assert.equal(reason, undefined)
  assert.ok(globalThis.Request === Request && globalThis.Response === Response)
  const response = await fetch(`${url}/api/v1/performance/metrics?window=1min`)
  assert.equal(response.status, 200)
  assert.equal(((await response.json()) as { window?: unknown }).window, '1min')
})

test('a port whose program answers with another protocol is taken', async (t) => {
  const taken = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')
  })
  taken.listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const { reason } = await listening(t, { port })
  assert.match(reason ?? '', /taken by (an)?other program/)
})

test('who has a port at an address with a zone, which makes no URL, is another program', async () => {
  assert.equal(await occupant('http://[::1%lo]:9797', 'one'), 'foreign')
})

test('it applies the access rules before anything else', async (t) => {
  const { port } = await listening(t)
  const forwarded = await send(port, { headers: { 'x-forwarded-for': '203.0.113.9' } })
  assert.deepEqual([forwarded.status, forwarded.headers['content-type']], [403, PROBLEM_TYPE])
  const rebound = await send(port, { headers: { host: 'evil.example' } })
  assert.equal(problemSchema.parse(JSON.parse(rebound.body)).type, 'urn:yardstick:problem:host-not-allowed')
  const named = await listening(t, { access: { hosts: ['perf.local'] } })
  assert.equal((await send(named.port, { headers: { host: 'perf.local' } })).status, 200)
})

test('with a token it wants the token', async (t) => {
  const { port } = await listening(t, { access: { token: 'correct horse' } })
  const refused = await send(port, {})
  assert.equal(refused.status, 401)
  assert.match(refused.headers['www-authenticate']!, /^Bearer/)
  const headers = { authorization: 'Bearer correct horse', host: 'perf.example' }
  assert.equal((await send(port, { headers })).status, 200)
})

test('where the same service and store already answer, none is opened', async (t) => {
  const first = await listening(t)
  const second = await open(t, { port: first.port })
  assert.deepEqual(second, { state: 'other_process', url: first.url })
})

test('that works with a token too, which is not shown to whoever has the port', async (t) => {
  const access = { token: 'secret' }
  const first = await listening(t, { access })
  assert.deepEqual(await open(t, { port: first.port, access }), { state: 'other_process', url: first.url })

  const asked: IncomingMessage['headers'][] = []
  const stranger = createServer((request, response) => {
    asked.push(request.headers)
    response.end('{"service":"shop","store_id":"store-1"}')
  })
  const taken = await occupy(t, stranger)
  await listening(t, { port: taken, access })
  assert.equal(asked.length, 1)
  assert.equal(asked[0]?.authorization, undefined)
})

test('where another program has the port, the next free one is taken, and said', async (t) => {
  const taken = await occupy(
    t,
    createServer((_, response) => response.end('hello')),
  )
  const { port, url, reason } = await listening(t, { port: taken })
  assert.ok(port > taken && port <= taken + 20)
  assert.equal(url, `http://127.0.0.1:${port}`)
  assert.match(
    reason!,
    new RegExp(`^ports? ${taken}\\b.* taken by (an)?other program.*; listening on ${port} instead$`),
  )
})

test('another service of Yardstick, or another store, is told apart', async (t) => {
  const first = await listening(t)
  const second = await listening(t, { port: first.port, service: 'billing' })
  assert.match(second.reason!, /taken by (the Yardstick of another service|Yardsticks of other services)/)
  const { reason } = await listening(t, { port: first.port, storeId: 'store-2' })
  const both = `ports ${first.port}\\b.*\\b${second.port}\\b.* are taken by Yardsticks of other services`
  assert.match(reason!, new RegExp(`^${both}`))
})

test('an occupant that accepts and then says nothing is foreign after half a second', async (t) => {
  const mute = createTcpServer((socket) => t.after(() => socket.destroy()))
  const taken = await occupy(t, mute)
  assert.notEqual((await listening(t, { port: taken })).port, taken)
})

test('a port that cannot be had is a reason, not an exception', async (t) => {
  const failed = await open(t, { host: '192.0.2.1' })
  assert.equal(failed.state, 'failed')
  assert.match(failed.state === 'failed' ? failed.reason : '', /cannot listen on 192\.0\.2\.1:0/)
  assert.equal((await open(t, { port: 70_000 })).state, 'failed')
})

test('a body over the limit is 413, one without a length 411', async (t) => {
  const { port } = await listening(t)
  for (const size of [65_537, 500_000]) {
    const answer = await send(port, { method: 'POST' }, Buffer.alloc(size))
    const { type } = problemSchema.parse(JSON.parse(answer.body))
    assert.deepEqual([answer.status, type], [413, 'urn:yardstick:problem:body-too-large'])
  }
  assert.equal((await send(port, { method: 'POST' }, Buffer.alloc(65_536))).status, 405)
  const chunked = await send(port, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } }, 'x')
  assert.deepEqual([chunked.status, chunked.headers.connection], [411, 'close'])
})

test('what is not HTTP, or too large a head, gets a problem document too', async (t) => {
  const { port } = await listening(t)
  const garbage = await sendRaw(port, 'hello\r\n\r\n')
  assert.match(garbage, /^HTTP\/1\.1 400 /)
  assert.match(garbage, /urn:yardstick:problem:malformed-request/)
  const huge = await sendRaw(port, `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`)
  assert.match(huge, /^HTTP\/1\.1 431 /)
  assert.match(huge, /urn:yardstick:problem:headers-too-large/)
  const oldest = await sendRaw(port, `GET ${SELF} HTTP/1.0\r\nhost: localhost\r\n\r\n`)
  assert.match(oldest, /^HTTP\/1\.1 403 [\s\S]*urn:yardstick:problem:forwarded/)
  const path = await sendRaw(port, 'GET /a\\b HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  assert.match(path, /^HTTP\/1\.1 40[04] [\s\S]*urn:yardstick:problem:/)
})

test('the server bounds headers, requests, idle connections and their number', async (t) => {
  const { server } = await listening(t)
  assert.deepEqual(
    [server.headersTimeout, server.requestTimeout, server.keepAliveTimeout, server.timeout],
    [5_000, 10_000, 5_000, 60_000],
  )
  assert.equal(server.maxConnections, 100)
})

test('closing ends connections, also in the middle of a request, and frees the port', async (t) => {
  const first = await listening(t)
  const idle = connect(first.port, '127.0.0.1')
  await once(idle, 'connect')
  idle.write('GET / HTTP/1.1\r\n')
  // Answered only after the server has read what was sent before.
  await send(first.port, {})
  await Promise.all([first.close(), once(idle, 'close')])
  await first.close()
  assert.equal((await listening(t, { port: first.port })).port, first.port)
})

test('an open port with an idle client does not keep the process alive', async () => {
  const module = new URL('../../src/api/port.ts', import.meta.url).href
  const script = `
    import { connect } from 'node:net'
    import { openPort } from ${JSON.stringify(module)}
    const port = await openPort({ host: '127.0.0.1', port: 0, fetch: () => new Response('hi'), access: {},
      service: 's', storeId: 'x', onError: (error) => { throw error } })
    console.log(await (await fetch(port.url)).text())
    connect(port.port, '127.0.0.1').unref()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  assert.deepEqual([said, code], ['hi\n', 0])
})
