import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { application, ask, metrics, portOf, REGISTER } from './application.ts'

const YARDSTICK = JSON.stringify(resolve('dist/index.js'))
const PATCHES = `
  JSON.stringify = () => { throw new Error('patched') }
  for (const [name, value] of Object.entries({ eval: true, stdin: true, get: () => {}, enumerable: true, kind: 'x' })) {
    Object.prototype[name] = value
  }`
const USE = `
  const { yardstick } = require(${YARDSTICK})
  const ys = yardstick({ service: 'patched' })
  for (let i = 0; i < 5; i++) ys.record('database', 'q', 1)
  ys.record('', 5, 1)
  const server = require('node:http').createServer((request, response) => response.end('fine'))
  server.listen(0, '127.0.0.1', () => process.stdout.write('up ' + server.address().port + '\\n'))`

for (const [when, source, flags] of [
  ['before it is loaded', PATCHES + USE, []],
  ['after the preload', PATCHES + USE, ['--require', REGISTER]],
  ['after it was called', USE + PATCHES, []],
] as const) {
  test(`built-ins that the application patches ${when} leave it running and measured`, async (t) => {
    const app = application(source, { flags })
    t.after(app.close)
    const [, own] = await app.printed(/up (\d+)/)
    assert.equal((await ask(`http://127.0.0.1:${own}/`)).body, 'fine')
    const port = await portOf(app)
    const { metrics_by_type } = await metrics(port, 'request', 1)
    assert.equal(metrics_by_type.database!.n, 5)
    assert.equal(metrics_by_type.request!.n, 1)
  })
}

for (const [what, patch] of [
  ['throw', '() => { throw new Error("patched") }'],
  ['give a text', '() => "patched"'],
  ['give nothing', '() => {}'],
  ['go backwards', '(() => { let last = 1e6; return () => --last })()'],
] as const) {
  test(`a clock, Maps and Sets that the application patches to ${what} cost no operation`, async (t) => {
    const source = `
      const { yardstick } = require(${YARDSTICK})
      const ys = yardstick({ service: 'patched' })
      const patch = ${patch}
      performance.now = patch
      process.hrtime.bigint = patch
      Date.now = patch
      const methods = [[Map, 'get'], [Map, 'set'], [Map, 'has'], [Set, 'has'], [Set, 'add']]
      const before = methods.map(([of, name]) => of.prototype[name])
      for (const [of, name] of methods) of.prototype[name] = patch
      const results = [
        ys.track('pricing', 'quote', () => 'a'),
        ys.track('pricing', 'quote', () => 'b'),
        ys.trackDatabase({ query: 'SELECT * FROM users' }, () => 'c'),
        ys.trackDatabase({ query: 'by_id', table: 'users' }, () => 'd'),
        ys.trackCache('L1', 'get', {}, () => 'e'),
      ]
      ys.start('pricing', 'other').end()
      // Node's own server lives by them.
      methods.forEach(([of, name], at) => { of.prototype[name] = before[at] })
      process.stdout.write('gave ' + results.join('') + '\\n')
      setInterval(() => {}, 1000)`
    const app = application(source)
    t.after(app.close)
    await app.printed(/gave abcde\n/)
    const { metrics_by_type } = await metrics(await portOf(app), 'pricing', 3)
    assert.equal(metrics_by_type.pricing!.n, 3)
    assert.ok(metrics_by_type.pricing!.sum_ms < 1000)
    assert.deepEqual(metrics_by_type.database!.series.map(({ name, n }) => [name, n]).sort(), [
      ['SELECT users', 1],
      ['by_id users', 1],
    ])
    assert.equal(metrics_by_type.cache_l1!.n, 1)
  })
}

test('a clock that the application patches before it loads the package costs no operation', async (t) => {
  const source = `
    performance.now = () => { throw new Error('patched') }
    const { yardstick } = require(${YARDSTICK})
    const ys = yardstick({ service: 'patched' })
    process.stdout.write('gave ' + ys.track('pricing', 'quote', () => 'a') + '\\n')
    setInterval(() => {}, 1000)`
  const app = application(source, { flags: [] })
  t.after(app.close)
  await app.printed(/gave a\n/)
  const { metrics_by_type } = await metrics(await portOf(app), 'pricing', 1)
  assert.equal(metrics_by_type.pricing!.n, 1)
})

const CLOCKS: Readonly<Record<string, string>> = {
  'another function': 'process.hrtime.bigint = () => 0n',
  'a spy of that name': "require('node:test').mock.method(process.hrtime, 'bigint', () => 5)",
  'none at all': 'process.hrtime = () => [0, 0]',
}
for (const [what, clock] of Object.entries(CLOCKS)) {
  test(`a performance, and ${what} for a clock, in the place of Node’s give no time of ours`, async (t) => {
    const source = `
    const real = performance
    globalThis.performance = { now: () => 0, eventLoopUtilization: () => undefined }
    ${clock}
    const { yardstick } = require(${YARDSTICK})
    const ys = yardstick({ service: 'patched' })
    ys.track('pricing', 'quote', () => { for (const since = real.now(); real.now() - since < 5;); })
    setInterval(() => {}, 1000)`
    const app = application(source, { flags: [] })
    t.after(app.close)
    const port = await portOf(app)
    const { metrics_by_type } = await metrics(port, 'pricing', 1)
    assert.ok(metrics_by_type.pricing!.sum_ms >= 5)
    const self = JSON.parse((await ask(`${port}/api/v1/performance/self`)).body)
    assert.deepEqual(self.recent_errors, [])
  })
}

test('a count of listeners that the application has put in place before says nothing of what they hear', async (t) => {
  const source = `
    const { EventEmitter } = require('node:events'), http = require('node:http')
    const { listenerCount } = EventEmitter.prototype
    EventEmitter.prototype.listenerCount = function (type, ...rest) {
      return type === 'data' ? 0 : listenerCount.call(this, type, ...rest)
    }
    require(${YARDSTICK}).yardstick({ service: 'patched' })
    const server = http.createServer((request, response) => {
      let got = 0
      request.on('data', (part) => { got += part.length }).on('end', () => response.end('got ' + got))
    })
    server.listen(0, '127.0.0.1', () => {
      http.request({ port: server.address().port, host: '127.0.0.1', method: 'POST' }, (response) => {
        response.on('data', (part) => process.stdout.write(part + '\\n'))
      }).end('eleven char')
    })`
  const app = application(source, { flags: [] })
  t.after(app.close)
  await app.printed(/got 11\n/)
})

const old = resolve('test/nodes/node_modules/node20/bin/node')
const APPLICATION = `
  const ys = yardstick({ service: 'old' })
  console.log(ys.track('pricing', 'quote', () => 'quoted'))
  const handle = ys.start('pricing', 'other')
  handle.end()
  ys.router()({ url: '/api/v1/performance' }, {}, () => console.log('passed on'))
  ys.trackDatabase({ query: 'q' }, async () => 'found').then(console.log).then(() => ys.ready()).then(console.log)`

for (const [way, source, flags, file] of [
  ['imports', `import { yardstick } from ${YARDSTICK}; yardstick(); ${APPLICATION}`, [], 'app.mjs'],
  ['requires', `const { yardstick } = require(${YARDSTICK}); ${APPLICATION}`, [], 'app.cjs'],
  [
    'has preloaded',
    `const { yardstick } = require(${YARDSTICK}); ${APPLICATION}`,
    ['--require', REGISTER],
    'app.cjs',
  ],
] as const) {
  test(`an application that ${way} the package on an old Node.js is told once and runs on`, async (t) => {
    if (!existsSync(old)) return t.skip('Node 20 is not installed (npm ci --prefix test/nodes)')
    const app = application(source, { node: old, flags, file })
    t.after(app.close)
    assert.equal(await app.ended(), 0, app.stderr())
    assert.equal(app.stdout(), 'quoted\npassed on\nfound\nundefined\n')
    const said = app.stderr().match(/Node\.js 22\.18 or newer is needed, this is v20.*YS_NODE_VERSION/g)
    assert.equal(said?.length, 1, app.stderr())
  })
}
