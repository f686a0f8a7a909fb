import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { fastify } from 'fastify'
import { type AccessRule, mount } from '../../../src/engine/thread/mount.ts'
import { Yardstick } from '../../../src/engine/yardstick.ts'
import { Scope } from '../../../src/measure/scope.ts'
import { stepped } from '../stepped.ts'
import { ECHO, engineThread } from './worker-entry.ts'

// The engine's thread holds no process, and on Node 22 the test runner does not either.
const held = setInterval(() => {}, 60_000)
after(() => clearInterval(held))

const URL_OF_HEALTH = 'http://app.test:81/api/v1/performance/health?window=5min'

async function mounted(t: TestContext) {
  const { engine, ledger, second } = await stepped()
  const { thread } = engineThread(ECHO)
  await thread.ready()
  t.after(() => thread.stop())
  const errors = () => {
    second()
    return engine.snapshot.self.dropped.errors
  }
  return { thread, ledger, errors, ys: new Yardstick(ledger, thread) }
}

async function read(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return { ...((await response.json()) as object), status: response.status }
}

test('by fetch: what the engine is told, without cookies', async (t) => {
  const { ys } = await mounted(t)
  const headers = { cookie: 'session=1', 'x-a': 'b' }
  const seen = await read(await ys.fetch(new Request(URL_OF_HEALTH, { headers }), { remoteAddress: '::1' }))
  assert.deepEqual(seen, {
    status: 200,
    method: 'GET',
    path: '/api/v1/performance/health?window=5min',
    headers: { host: 'app.test:81', 'x-a': 'b' },
    httpVersion: '1.1',
    body: null,
    remoteAddress: '::1',
  })
})

test('by fetch: it does not measure itself', async (t) => {
  const { ys, ledger } = await mounted(t)
  const scope = new Scope(0)
  await ledger.scopes.run(scope, () => ys.fetch(new Request(URL_OF_HEALTH)))
  assert.equal(scope.ignored, true)
})

test('by fetch: a body up to 64 KiB goes along, a larger one is refused', async (t) => {
  const { ys } = await mounted(t)
  const post = (bytes: number) => new Request(URL_OF_HEALTH, { method: 'POST', body: 'x'.repeat(bytes) })
  assert.equal((await read(await ys.fetch(post(65_536)))).body, 65_536)
  const refused = await read(await ys.fetch(post(65_537)))
  assert.equal(refused.status, 413)
  assert.equal(refused.type, 'urn:yardstick:problem:body-too-large')
  assert.equal(refused.instance, '/api/v1/performance/health')
})

test('by fetch: a body without end is not read to its end', async (t) => {
  const { ys } = await mounted(t)
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) })
  const init = { method: 'POST', body: endless, duplex: 'half' } as const
  assert.equal((await ys.fetch(new Request(URL_OF_HEALTH, init))).status, 413)
})

test('by fetch: a body that was read or is being read is missed, and said to be', async (t) => {
  const { ys } = await mounted(t)
  const used = new Request(URL_OF_HEALTH, { method: 'POST', body: 'read' })
  await used.text()
  const locked = new Request(URL_OF_HEALTH, { method: 'POST', body: 'read' })
  locked.body!.getReader()
  for (const request of [used, locked]) {
    const { status, type } = await read(await ys.fetch(request))
    assert.deepEqual([status, type], [500, 'urn:yardstick:problem:body-taken'])
  }
  const none = await read(await ys.fetch(new Request(URL_OF_HEALTH, { method: 'POST' })))
  assert.deepEqual([none.status, none.body], [200, null])
})

test('by fetch: nothing rejects', async (t) => {
  const { ys, errors } = await mounted(t)
  for (const request of [undefined, {}, { url: '/api/v1/performance' }, { url: 7 }]) {
    assert.equal((await read(await ys.fetch(request as Request))).status, 400)
  }
  const torn = new ReadableStream({ pull: () => Promise.reject(new Error('torn')) })
  const init = { method: 'POST', body: torn, duplex: 'half' } as const
  const failed = await read(await ys.fetch(new Request(URL_OF_HEALTH, init)))
  assert.deepEqual([failed.status, failed.instance], [500, '/api/v1/performance/health'])
  assert.equal(errors(), 1)
  const options = { remoteAddress: () => {}, granted: null } as never
  assert.equal((await read(await ys.fetch(new Request(URL_OF_HEALTH), options))).granted, false)
  assert.equal((await ys.fetch(new Request(URL_OF_HEALTH), null as never)).status, 200)
})

/** Asks a server that mounts the API with this rule, after `before` has had the request. */
async function ask(
  t: TestContext,
  { thread, ledger }: Awaited<ReturnType<typeof mounted>>,
  rule: AccessRule | undefined,
  before: (request: Parsed) => Promise<void> = async () => {},
  body = 'body',
): Promise<Asked> {
  const handler = mount(thread, ledger, () => rule)
  const server = createServer(async (request, response) => {
    await before(request)
    handler(request, response)
  })
  return sent(t, server, body)
}

/** A request as parsers of bodies leave it. */
type Parsed = IncomingMessage & { body?: unknown }

interface Asked {
  readonly status: number
  readonly type?: string
  readonly granted?: boolean
  readonly body?: unknown
}

async function sent(t: TestContext, server: Server, body: string): Promise<Asked> {
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const options = { port, method: 'POST', path: '/api/v1/performance/health', headers, agent: false }
    const asking = send({ host: '127.0.0.1', ...options }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ ...JSON.parse(text), status: response.statusCode! })
    })
    asking.on('error', reject).end(body)
  })
}

test('by router: only a rule that says true lets in', async (t) => {
  const parts = await mounted(t)
  assert.equal((await ask(t, parts, undefined)).granted, undefined)
  for (const [said, granted] of [
    [true, true],
    [false, false],
    [undefined, false],
    [Promise.resolve(true), false],
    ['yes', false],
  ]) {
    assert.equal((await ask(t, parts, () => said as boolean)).granted, granted, String(said))
  }
})

test('by router: a rule that throws is answered with 500 and counted', async (t) => {
  const parts = await mounted(t)
  const rule = (): boolean => {
    throw Object.create(null)
  }
  assert.equal((await ask(t, parts, rule)).status, 500)
  assert.equal(parts.errors(), 1)
})

/** What the engine is told of a body after `parse`, which reads it and leaves what it likes. */
function afterParser(
  t: TestContext,
  parts: Awaited<ReturnType<typeof mounted>>,
  body: unknown,
  text?: string,
) {
  const parse = async (request: Parsed): Promise<void> => {
    for await (const _ of request);
    request.body = body
  }
  return ask(t, parts, undefined, parse, text)
}

test('by router: of a body that was read, what the parser has left in request.body is taken', async (t) => {
  const parts = await mounted(t)
  assert.equal((await ask(t, parts, undefined)).body, 4)
  for (const [left, bytes] of [
    [{ name: 'v2' }, 13],
    ['{"name":"v2"}', 13],
    [Buffer.from('{}'), 2],
    [[], 2],
    [false, 5],
  ] as const) {
    const { status, body } = await afterParser(t, parts, left)
    assert.deepEqual([status, body], [200, bytes])
  }
  assert.equal((await afterParser(t, parts, { name: 'x'.repeat(65_536) })).status, 413)
})

test('by router: of a body that was read and is nowhere, it is said so; without a body there is none to miss', async (t) => {
  const parts = await mounted(t)
  for (const left of [undefined, null]) {
    const { status, type } = await afterParser(t, parts, left)
    assert.deepEqual([status, type], [500, 'urn:yardstick:problem:body-taken'])
  }
  const inPart = await ask(t, parts, undefined, async (request) => {
    await once(
      request.once('data', () => {}),
      'data',
    )
  })
  assert.equal(inPart.status, 500)
  const empty = await afterParser(t, parts, undefined, '')
  assert.deepEqual([empty.status, empty.body], [200, null])
})

test('by router: what cannot be told of a parsed body is answered with 500 and counted', async (t) => {
  const parts = await mounted(t)
  assert.equal((await afterParser(t, parts, { n: 1n })).status, 500)
  assert.equal(parts.errors(), 1)
})

test('by router: in a hook of Fastify it comes before the body is read, in a handler after', async (t) => {
  const { thread, ledger } = await mounted(t)
  const api = mount(thread, ledger, () => undefined)
  const hooked = fastify()
  hooked.addHook('onRequest', (request, reply, done) => api(request.raw, reply.raw, done))
  await hooked.ready()
  assert.equal((await sent(t, hooked.server, '{}')).body, 2)
  const handled = fastify()
  handled.post('/api/*', (request, reply) => {
    reply.hijack()
    api(request.raw, reply.raw)
  })
  await handled.ready()
  assert.equal((await sent(t, handled.server, '{}')).type, 'urn:yardstick:problem:body-taken')
})
