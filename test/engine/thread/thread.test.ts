import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import type { ForwardedRequest, ForwardedResponse } from '../../../src/engine/thread/messages.ts'
import { START_MS } from '../stepped.ts'
import { ECHO, engineThread, entry } from './worker-entry.ts'

// The engine's thread holds no process, and on Node 22 the test runner does not either.
const held = setInterval(() => {}, 60_000)
after(() => clearInterval(held))

const REQUEST: ForwardedRequest = {
  method: 'GET',
  path: '/api/v1/performance/health?window=5min',
  headers: {},
  httpVersion: '1.1',
  body: undefined,
  remoteAddress: '127.0.0.1',
  granted: undefined,
}
/** Far below the ten seconds that a request waits for a thread that is there but does not answer. */
const AT_ONCE = { timeout: 8_000 }

function problemOf({ status, body }: ForwardedResponse): unknown {
  const { type, title, detail, instance, ...rest } = JSON.parse(new TextDecoder().decode(body))
  assert.deepEqual(rest, { status })
  assert.equal(title, 'Yardstick is not running')
  return [status, type, instance, detail.split(/[;.]/, 1)[0]]
}

function unavailable(detail: string): unknown {
  return [503, 'urn:yardstick:problem:unavailable', '/api/v1/performance/health', detail]
}

const GONE = unavailable('The engine was stopped, switched off or could not start')
const COMING_BACK = unavailable('The engine is being started again')

test('stopped before it was started: ready resolves, requests are refused at once', AT_ONCE, async () => {
  const { thread } = engineThread(ECHO)
  await thread.stop()
  assert.equal(await thread.ready(), undefined)
  assert.deepEqual(problemOf(await thread.request(REQUEST)), GONE)
})

test('after stop, refused or switched off, requests are refused at once', AT_ONCE, async () => {
  const { thread } = engineThread(ECHO)
  await thread.ready()
  assert.equal((await thread.request(REQUEST)).status, 200)
  await thread.stop()
  assert.deepEqual(problemOf(await thread.request(REQUEST)), GONE)

  const off = engineThread(entry("main.postMessage({ kind: 'disabled' })")).thread
  assert.equal(await off.ready(), undefined)
  assert.deepEqual(problemOf(await off.request(REQUEST)), GONE)

  const wrong = "main.postMessage({ kind: 'refused', code: 'YS_CONFIG', message: 'window: expected …' })"
  const { thread: refused, said } = engineThread(entry(wrong))
  await assert.rejects(refused.ready(), { code: 'YS_CONFIG' })
  assert.deepEqual(problemOf(await refused.request(REQUEST)), GONE)
  await said(/^window: expected …\nMend it and restart: nothing is measured until then\.$/)
})

test('between a crash and the next start requests are refused at once', AT_ONCE, async () => {
  const { thread, said } = engineThread(entry("throw new Error('broken')"))
  thread.start()
  await said(/engine failed: broken \(YS_ENGINE\)/)
  await said(/started again in 1 s \(YS_ENGINE\)/)
  assert.deepEqual(problemOf(await thread.request(REQUEST)), COMING_BACK)
  await thread.stop()
  assert.equal(await thread.ready(), undefined)
})

test('at most 100 requests wait; those that do hear when the engine ends', AT_ONCE, async () => {
  const silent = entry(`
    main.on('message', ({ kind }) => { if (kind === 'stop') process.exit(0) })
    main.postMessage({ kind: 'ready' })`)
  const { thread } = engineThread(silent)
  const waiting = Array.from({ length: 100 }, () => thread.request(REQUEST))
  assert.deepEqual(
    problemOf(await thread.request(REQUEST)),
    unavailable('Expected at most 100 requests at a time'),
  )
  await thread.stop()
  for (const answer of await Promise.all(waiting)) assert.deepEqual(problemOf(answer), GONE)
})

test('a request that cannot be sent leaves nobody waiting', AT_ONCE, async () => {
  const { thread } = engineThread(ECHO)
  const unsendable = { ...REQUEST, remoteAddress: (() => {}) as unknown as string }
  for (let i = 0; i < 100; i++) await assert.rejects(thread.request(unsendable), { name: 'DataCloneError' })
  assert.equal((await thread.request(REQUEST)).status, 200)
  await thread.stop()
})

test('an engine that is ready and dies again and again is started with growing pauses', AT_ONCE, async () => {
  const clock = new SteppedClock(START_MS)
  const dying = entry("main.postMessage({ kind: 'ready' }); setImmediate(() => process.exit(1))")
  const { thread, said } = engineThread(dying, { clock })
  thread.start()
  await said(/again in 1 s/)
  await said(/again in 2 s/)
  await thread.stop()
})

test('once it stayed up for a minute the pause is short again', AT_ONCE, async () => {
  const clock = new SteppedClock(START_MS)
  const pauses: string[] = []
  const twice = Promise.withResolvers<void>()
  const { thread } = engineThread(entry("main.postMessage({ kind: 'ready' }); process.exit(1)"), {
    clock: {
      wallMs: clock.wallMs,
      monotonicMs: () => {
        clock.step(60_000)
        return clock.monotonicMs()
      },
    },
    logger: {
      info: () => {},
      warn: (line) => {
        pauses.push(/in \d+ s/.exec(line)![0])
        if (pauses.length === 2) twice.resolve()
      },
    },
  })
  thread.start()
  // Nothing else holds this process until the second warning.
  const held = setInterval(() => {}, 1_000)
  await twice.promise
  clearInterval(held)
  assert.deepEqual(pauses, ['in 1 s', 'in 1 s'])
  await thread.stop()
})

/** Runs a program of its own, in which `thread` is an engine's. */
function program(url: URL, source: string, flags: readonly string[] = []) {
  const code = `
    import { engineThread } from ${JSON.stringify(new URL('./worker-entry.ts', import.meta.url).href)}
    const { thread } = engineThread(new URL(${JSON.stringify(url.href)}))
    ${source}`
  return spawnSync(process.execPath, [...flags, '--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 8_000,
  })
}

test('who waits for ready keeps the process alive, also while the engine is started again', () => {
  const once = entry(
    "if (workerData.restarts === 0) process.exit(1); main.postMessage({ kind: 'ready', url: 'http://x' })",
  )
  const { stdout, status } = program(once, "void thread.ready().then((url) => console.log('at ' + url))")
  assert.equal(stdout, 'at http://x\n')
  assert.equal(status, 0)
})

test('who waits for stop keeps the process alive until it is done', () => {
  const slow = entry("main.on('message', () => setTimeout(() => process.exit(0), 50))")
  const { stdout } = program(
    slow,
    "void thread.ready(); void thread.stop().then(() => console.log('stopped'))",
  )
  assert.equal(stdout, 'stopped\n')
})

test('a request that nobody answers does not keep the process alive', () => {
  const silent = entry("main.on('message', () => {})")
  const { status } = program(silent, `void thread.request(${JSON.stringify(REQUEST)})`)
  assert.equal(status, 0)
})

test('a process that may not have threads runs on', () => {
  const source = `
    thread.start()
    thread.ready().catch((error) => console.log(error.code))`
  const { stdout, stderr } = program(ECHO, source, ['--permission', '--allow-fs-read=*'])
  assert.equal(stdout, 'YS_ENGINE\n', stderr)
})

test('a configuration that does not finish loading is said once, and the thread can be stopped', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const loops = entry('for (;;) {}')
  const { thread, said } = engineThread(loops)
  thread.start()
  t.mock.timers.tick(10_000)
  await said(
    /has not finished loading after 10 s; nothing is judged, shown or saved until it has.*YS_CONFIG_FILE/s,
  )
  await thread.stop()
})

test('a thread that is stopped while its configuration loops is ended after the same time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { thread } = engineThread(entry('for (;;) {}'))
  thread.start()
  const stopped = thread.stop()
  t.mock.timers.tick(10_000)
  await stopped
})
