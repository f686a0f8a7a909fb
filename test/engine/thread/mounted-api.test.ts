import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, type TestContext, test } from 'node:test'
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

test('by fetch: a body that was read or is being read is left out', async (t) => {
  const { ys } = await mounted(t)
  const used = new Request(URL_OF_HEALTH, { method: 'POST', body: 'read' })
  await used.text()
  const locked = new Request(URL_OF_HEALTH, { method: 'POST', body: 'read' })
  locked.body!.getReader()
  for (const request of [used, locked]) {
    const seen = await read(await ys.fetch(request))
    assert.deepEqual([seen.status, seen.body], [200, null])
  }
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
  before: (request: IncomingMessage) => Promise<void> = async () => {},
): Promise<{ readonly status: number; readonly granted?: boolean; readonly body?: unknown }> {
  const handler = mount(thread, ledger, () => rule)
  const server = createServer(async (request, response) => {
    await before(request)
    handler(request, response)
  })
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const options = { port, method: 'POST', path: '/api/v1/performance/health', agent: false }
    const asking = send({ host: '127.0.0.1', ...options }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ ...JSON.parse(text), status: response.statusCode! })
    })
    asking.on('error', reject).end('body')
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

test('by router: a body that a parser has read is left out', async (t) => {
  const parts = await mounted(t)
  assert.equal((await ask(t, parts, undefined)).body, 4)
  const parsed = await ask(t, parts, undefined, async (request) => {
    for await (const _ of request);
  })
  assert.deepEqual([parsed.status, parsed.body], [200, null])
})
