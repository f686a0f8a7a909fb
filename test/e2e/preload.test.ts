import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { recorders } from '../../src/recorders/table.ts'
import { noLibraries } from '../recorders/libraries.ts'
import { application, ask, folder, metrics, portOf, REGISTER } from './application.ts'

const EXPRESS = JSON.stringify(resolve('node_modules/express'))
const SERVER = `
const express = require(${EXPRESS})
const app = express()
app.get('/users/:id', (request, response) => response.json({ id: request.params.id }))
app.get('/boom', (request, response) => response.status(500).end())
app.get('/block', (request, response) => { console.log('blocking'); const end = Date.now() + 3000; while (Date.now() < end); response.end() })
const server = app.listen(0, '127.0.0.1', () => console.log('up ' + server.address().port))
`

test('an unmodified application is measured by route', async (t) => {
  const app = application(SERVER)
  t.after(app.close)
  const [, own] = await app.printed(/up (\d+)/)
  const port = await portOf(app)
  for (let i = 0; i < 30; i++) await ask(`http://127.0.0.1:${own}/users/${i}`)
  await ask(`http://127.0.0.1:${own}/boom`)
  await ask(`http://127.0.0.1:${own}/nowhere/${Date.now()}`)
  const { metrics_by_type } = await metrics(port, 'request', 32)
  const series = metrics_by_type.request!.series.map(({ name, ok, failed }) => [name, ok, failed]).sort()
  assert.deepEqual(series, [
    ['GET (unmatched)', 1, 0],
    ['GET /boom', 0, 1],
    ['GET /users/:id', 30, 0],
  ])
})

test('its own port answers while the application blocks its loop', async (t) => {
  const app = application(SERVER)
  t.after(app.close)
  const [, own] = await app.printed(/up (\d+)/)
  const port = await portOf(app)
  let unblocked = false
  const blocking = ask(`http://127.0.0.1:${own}/block`).then(() => {
    unblocked = true
  })
  await app.printed(/blocking/)
  const { status } = await ask(`${port}/api/v1/performance/health`)
  assert.equal(status, 200)
  assert.equal(unblocked, false)
  await blocking
})

test('a program that serves and records nothing starts no engine, no port and no store', async (t) => {
  const app = application("console.log('built')")
  t.after(app.close)
  assert.equal(await app.ended(), 0)
  assert.equal(app.stderr(), '')
  assert.deepEqual(readdirSync(app.directory), ['app.cjs'])
})

/** What a module of an application does when a build tool imports it; `named` is used only later. */
const NAMING = `
const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
const ys = yardstick({ service: 'named' })
const named = ys.operation('pricing', 'quote')
ys.tracked('pricing', 'other')
ys.middleware()
ys.router()
ys.onAlert(() => {})`

test('a program that only names its operations starts no engine; the first that is begun does', async (t) => {
  const app = application(`${NAMING}; setTimeout(() => console.log('built'), 500)`)
  t.after(app.close)
  assert.equal(await app.ended(), 0)
  assert.equal(app.stderr(), '')
  assert.deepEqual(readdirSync(app.directory), ['app.cjs'])

  const busy = application(`${NAMING}
    const running = named.start()
    process.once('SIGUSR2', () => { running.end(); named.record(5); ys.start('pricing', 'other').end() })
    setInterval(() => {}, 1000)`)
  t.after(busy.close)
  const port = await portOf(busy)
  busy.child.kill('SIGUSR2')
  const { metrics_by_type } = await metrics(port, 'pricing', 3)
  assert.deepEqual(metrics_by_type.pricing!.series.map(({ name, n }) => [name, n]).sort(), [
    ['other', 1],
    ['quote', 2],
  ])
})

test('nor does one that only loads the libraries that are recorded', { skip: noLibraries }, async (t) => {
  const libraries = recorders({ http: {} }).flatMap((recorder) => recorder.libraries ?? [])
  const app = application(`
    const { createRequire } = require('node:module')
    const { existsSync } = require('node:fs')
    const folder = ${JSON.stringify(resolve('test/libraries'))}
    const load = createRequire(folder + '/package.json')
    const here = ${JSON.stringify(libraries)}.filter((name) => name === 'node' || existsSync(folder + '/node_modules/' + name))
    require('node:crypto')
    for (const name of here) if (name !== 'node') try { load(name) } catch {}
    console.log('loaded ' + here.length)`)
  t.after(app.close)
  assert.equal(await app.ended(), 0)
  const [, loaded] = await app.printed(/loaded (\d+)/)
  assert.ok(Number(loaded) > 20, `loaded ${loaded} of ${libraries.length}`)
  assert.equal(app.stderr(), '')
  assert.deepEqual(readdirSync(app.directory), ['app.cjs'])
})

test('the last second survives process.exit, and a restart goes on with it', async (t) => {
  const directory = folder()
  const source = `
    const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
    const ys = yardstick()
    ys.record('database', 'early', 7)
    process.on('message', () => {
      for (let i = 0; i < 99; i++) ys.record('database', 'late', 7)
      process.exit(7)
    })`
  const first = application(source, { directory })
  t.after(first.close)
  // The engine runs its cycles: what is recorded from here on is in no reading yet.
  await metrics(await portOf(first), 'database', 1)
  first.child.send('exit')
  assert.equal(await first.ended(), 7)
  const second = application(SERVER, { directory })
  t.after(second.close)
  const { metrics_by_type } = await metrics(await portOf(second), 'database', 100)
  assert.equal(metrics_by_type.database!.n, 100)
  assert.equal(metrics_by_type.database!.sum_ms, 700)
})

test('after kill -9 at most the last second is missing', async (t) => {
  const directory = folder()
  const source = `
    const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
    const ys = yardstick()
    let n = 0
    setInterval(() => { ys.record('database', 'q', 1); n++; process.send(n) }, 5)`
  const first = application(source, { directory })
  t.after(first.close)
  const port = await portOf(first)
  let sent = 0
  first.child.on('message', (n) => {
    sent = n as number
  })
  const { metrics_by_type: before } = await metrics(port, 'database', 300)
  first.child.kill('SIGKILL')
  await first.ended()
  const second = application(SERVER, { directory })
  t.after(second.close)
  const { metrics_by_type: after } = await metrics(await portOf(second), 'database', before.database!.n)
  // What a cycle had shown was on its way to the store; the second after it may be lost, nothing more.
  assert.ok(after.database!.n <= sent, `${after.database!.n} of ${sent}`)
  assert.ok(after.database!.n >= before.database!.n - 200, `${after.database!.n} of ${before.database!.n}`)
})

test('a port that is taken by another program: the next free one, said clearly', async (t) => {
  const other = createServer((_, response) => response.end('not yardstick'))
  await new Promise<void>((up) => other.listen(0, '127.0.0.1', up))
  t.after(() => other.close())
  const taken = (other.address() as AddressInfo).port
  const app = application(SERVER, { env: { YARDSTICK_PORT: String(taken) } })
  t.after(app.close)
  const port = await portOf(app)
  assert.notEqual(port, `http://127.0.0.1:${taken}`)
  assert.match(app.stderr(), new RegExp(`${taken}\\b.* taken by (an)?other program`))
  assert.equal((await ask(`${port}/api/v1/performance/self`)).status, 200)
})

test('of two processes with one store, one serves the port', async (t) => {
  const directory = folder()
  const first = application(SERVER, { directory })
  t.after(first.close)
  const port = await portOf(first)
  const env = { YARDSTICK_PORT: new URL(port).port }
  const asking = `${SERVER}
    const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
    yardstick().ready().then((url) => console.log('own port: ' + url))`
  const second = application(asking, { directory, env })
  t.after(second.close)
  // Its engine has chosen by then.
  const [, own] = await second.printed(/own port: (.*)/)
  assert.equal(own, 'undefined')
  assert.equal(await pidAt(port), first.child.pid)
  first.child.kill('SIGKILL')
  await first.ended()
  assert.equal(await portOf(second), port)
  assert.equal(await pidAt(port), second.child.pid)
})

async function pidAt(port: string): Promise<number> {
  const { body } = await ask(`${port}/api/v1/performance/self`)
  return (JSON.parse(body) as { readonly pid: number }).pid
}

test('an application thread loads none of the engine’s libraries', async (t) => {
  const directory = folder()
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  // Before the preload: ES modules are in no list that one could read afterwards.
  const watch = join(directory, 'watch.cjs')
  writeFileSync(
    watch,
    `globalThis.seen = []
    require('node:module').registerHooks({ resolve: (name, context, next) => {
      const found = next(name, context)
      seen.push(found.url)
      return found
    } })`,
  )
  const source = `${SERVER}
    app.get('/loaded', (request, response) => response.json([...seen, ...process.moduleLoadList]))`
  const app = application(source, { directory, flags: ['--require', watch, '--require', REGISTER] })
  t.after(app.close)
  const [, own] = await app.printed(/up (\d+)/)
  const port = await portOf(app)
  assert.equal((await ask(`${port}/api/v1/performance/self`)).status, 200)
  const loaded = JSON.parse((await ask(`http://127.0.0.1:${own}/loaded`)).body) as readonly string[]
  assert.ok(loaded.some((name) => name.endsWith('/dist/preload.cjs')))
  assert.deepEqual(
    loaded.filter((name) =>
      /\/hono\/|\/zod\/|sqlite|nodemailer|\/pg\/|\/dist\/(api|stores|cli)\//.test(name),
    ),
    [],
  )
})

for (const [file, load] of [
  ['app.mjs', "import { yardstick, YardstickError } from 'yardstick'"],
  ['app.cjs', "const { yardstick, YardstickError } = require('yardstick')"],
] as const) {
  test(`what the application loads in ${file} is what the preload has loaded`, async (t) => {
    const directory = folder()
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    mkdirSync(join(directory, 'node_modules'))
    symlinkSync(resolve('.'), join(directory, 'node_modules', 'yardstick'))
    const source = `${load}
      try { yardstick().operation('', '') } catch (error) { console.log(error instanceof YardstickError) }`
    const app = application(source, { directory, file })
    assert.equal(await app.ended(), 0)
    assert.equal(app.stdout(), 'true\n')
  })
}

test('a wrong configuration is listed whole, and the application runs on unmeasured', async (t) => {
  const app = application(SERVER, { env: { YARDSTICK_PORT: 'ninety', YARDSTICK_WINDOW: '2min' } })
  t.after(app.close)
  const [, own] = await app.printed(/up (\d+)/)
  await app.printed(/YARDSTICK_WINDOW/)
  assert.match(app.stderr(), /YARDSTICK_PORT/)
  assert.equal((await ask(`http://127.0.0.1:${own}/users/1`)).status, 200)
})

test('where the store cannot be opened it goes on in memory with one warning', async (t) => {
  const app = application(SERVER, { env: { YARDSTICK_STORE: join(REGISTER, 'figures.db') } })
  t.after(app.close)
  const [, own] = await app.printed(/up (\d+)/)
  const port = await portOf(app)
  await ask(`http://127.0.0.1:${own}/users/1`)
  const { metrics_by_type } = await metrics(port, 'request', 1)
  assert.equal(metrics_by_type.request!.n, 1)
  assert.equal(app.stderr().match(/YS_STORE_OPEN/g)?.length, 1)
})

test('an engine that dies is started again, and nothing is counted twice', async (t) => {
  const source = `
    const engines = []
    require('node:diagnostics_channel').subscribe('worker_threads', ({ worker }) => engines.push(worker))
    const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
    const ys = yardstick()
    ${SERVER}
    for (let i = 0; i < 10; i++) ys.record('database', 'q', 1)
    process.on('message', () => { engines[0].terminate(); ys.record('database', 'q', 1) })`
  const app = application(source, { env: { YARDSTICK_STORE: 'memory' } })
  t.after(app.close)
  const port = await portOf(app)
  await metrics(port, 'database', 10)
  app.child.send('die')
  await app.printed(/engine stopped; it is started again in 1 s/)
  const [, again] = await app.printed(/yardstick: http.*\n(?:.*\n)*yardstick: (http:\/\/[^/]+)\/api/)
  const { metrics_by_type } = await metrics(again!, 'database', 1)
  assert.equal(metrics_by_type.database!.n, 1)
})

test('a Node.js that is too old says so and runs the application', async (t) => {
  const node = resolve('test/nodes/node_modules/node20/bin/node')
  if (!existsSync(node)) return t.skip('Node 20 is not installed (npm ci --prefix test/nodes)')
  const app = application("console.log('runs')", { node })
  t.after(app.close)
  assert.equal(await app.ended(), 0)
  assert.equal(app.stdout(), 'runs\n')
  assert.match(app.stderr(), /Node\.js 22\.18 or newer is needed, this is v20.*YS_NODE_VERSION/)
})
