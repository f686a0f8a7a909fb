import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { alertDefaults } from '../../src/alerts/options.ts'
import { defaults } from '../../src/config/default-options.ts'
import { findConfigFile } from '../../src/config/file.ts'
import { loadSettings } from '../../src/config/load.ts'
import type { Settings } from '../../src/config/settings.ts'
import { defaultTargets } from '../../src/targets/defaults.ts'
import { directory } from './directory.ts'

/** A configuration file's text that names a service: enough to see which file was taken. */
const FILES: Readonly<Record<string, string>> = {
  'yardstick.config.ts': `interface Named { readonly service: string }
export const config: Named = { service: 'from ts' as string }`,
  'yardstick.config.mts': `export const config = { service: 'from mts' } satisfies object`,
  'yardstick.config.js': `export default { service: 'from js' }`,
  'yardstick.config.mjs': `export const config = { service: 'from mjs' }`,
  'yardstick.config.json': `{ "service": "from json" }`,
}

function load(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
  options: unknown = {},
): Promise<Settings> {
  return loadSettings({ directory: directory(t, files), environment, options })
}

test('without any configuration the defaults hold', async (t) => {
  const settings = await load(t, {})
  assert.deepEqual(settings, {
    service: 'shop',
    targets: defaultTargets,
    window: '5min',
    port: { host: '127.0.0.1', port: 9797 },
    store: {
      kind: 'sqlite',
      options: {
        path: '.yardstick/yardstick.db',
        maxBytes: 256 * 2 ** 20,
        keep: { quartersMs: 90 * 86_400_000 },
      },
    },
    headers: 'none',
    serverTiming: 'off',
    runtime: 'on',
    ignore: [],
    waits: [],
    logins: ['POST **/login', 'POST **/signin', 'POST **/sign-in', 'POST **/auth/**', 'POST **/token'],
    layers: {},
    seriesLimit: 500,
    componentLimit: 300,
    access: { hosts: [] },
    notifiers: {},
    alerts: alertDefaults,
    disabled: false,
  })
})

test('the defaults written out, as users may copy them, are the defaults', async (t) => {
  const written = await load(t, {}, {}, { ...defaults, defaults: false })
  assert.deepEqual(written, await load(t, {}))
})

test('settings are frozen all the way down', async (t) => {
  const settings = await load(t, {})
  assert.throws(() => Object.assign(settings.targets[0]!.grades, { a: 1 }), TypeError)
  assert.throws(() => Object.assign(settings.access, { token: 'x' }), TypeError)
})

test('every kind of file is read, and of several the first in the order ts, mts, js, mjs, json', async (t) => {
  const names = Object.keys(FILES)
  for (const [i, name] of names.entries()) {
    const alone = await load(t, { [name]: FILES[name]! })
    assert.equal(alone.service, `from ${name.split('.').at(-1)}`)
    assert.ok(alone.file?.endsWith(name))
    const from = names.slice(i)
    const first = await load(t, Object.fromEntries(from.map((other) => [other, FILES[other]!])))
    assert.equal(first.service, alone.service)
  }
})

test('a CommonJS file is read: its exports, its config, and a default compiled into it', async (t) => {
  const commonjs = { 'package.json': '{ "name": "shop" }' }
  for (const text of [
    `module.exports = { service: 'from cjs' }`,
    `module.exports.config = { service: 'from cjs' }`,
    `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = { service: 'from cjs' }`,
  ]) {
    assert.equal((await load(t, { ...commonjs, 'yardstick.config.js': text })).service, 'from cjs')
  }
})

test('the file is looked for upwards, as far as the nearest package.json', async (t) => {
  const root = directory(t, {
    'yardstick.config.json': '{ "service": "above" }',
    'src/deep/x.js': '',
    'inner/package.json': '{ "name": "inner" }',
    'inner/src/x.js': '',
  })
  const from = (below: string) => loadSettings({ directory: join(root, below), environment: {} })
  assert.equal((await from('src/deep')).service, 'above')
  const inner = await from('inner/src')
  assert.equal(inner.service, 'inner')
  assert.equal(inner.file, undefined)
})

test('YARDSTICK_CONFIG and the option config name a file, or none', async (t) => {
  const files = {
    'yardstick.config.json': '{ "service": "found" }',
    'other/my.mjs': 'export default { window: "1day" }',
  }
  assert.equal((await load(t, files, { YARDSTICK_CONFIG: 'other/my.mjs' })).window, '1day')
  assert.equal((await load(t, files, { YARDSTICK_CONFIG: 'off' })).service, 'shop')
  assert.equal((await load(t, files, { YARDSTICK_CONFIG: 'off' }, { config: 'other/my.mjs' })).window, '1day')
})

test('code wins over environment, environment over file, file over defaults', async (t) => {
  const files = {
    'yardstick.config.json': JSON.stringify({
      port: 1001,
      window: '1min',
      store: 'memory',
      retention: '30d',
      access: { hosts: ['monitor.internal'] },
    }),
  }
  const environment = {
    YARDSTICK_PORT: '1002',
    YARDSTICK_WINDOW: '1hour',
    YARDSTICK_TOKEN: 'from-the-environment',
  }
  const settings = await load(t, files, environment, { port: 1003 })
  assert.deepEqual(settings.port, { host: '127.0.0.1', port: 1003 })
  assert.equal(settings.window, '1hour')
  assert.deepEqual(settings.store, { kind: 'memory', options: {} })
  assert.deepEqual(settings.access, { hosts: ['monitor.internal'], token: 'from-the-environment' })
})

test('every environment variable', async (t) => {
  const settings = await load(
    t,
    {},
    {
      YARDSTICK_SERVICE: 'orders',
      YARDSTICK_PORT: '0',
      YARDSTICK_HOST: '0.0.0.0',
      YARDSTICK_PUBLIC_URL: 'https://perf.shop.example',
      YARDSTICK_STORE: 'data/figures.db',
      YARDSTICK_RETENTION: '30d',
      YARDSTICK_WINDOW: '1hour',
      YARDSTICK_HEADERS: 'all',
      YARDSTICK_SERVER_TIMING: 'off',
      YARDSTICK_TOKEN: '0123456789abcdef',
      YARDSTICK_DISABLED: '1',
      YARDSTICK_LOG: 'not ours to read',
    },
  )
  assert.equal(settings.service, 'orders')
  assert.deepEqual(settings.port, { host: '0.0.0.0', port: 0 })
  assert.equal(settings.publicUrl, 'https://perf.shop.example')
  assert.deepEqual(settings.store, {
    kind: 'sqlite',
    options: { path: 'data/figures.db', maxBytes: 256 * 2 ** 20, keep: { quartersMs: 30 * 86_400_000 } },
  })
  assert.equal(settings.window, '1hour')
  assert.equal(settings.headers, 'all')
  assert.equal(settings.serverTiming, 'off')
  assert.equal(settings.access.token, '0123456789abcdef')
  assert.equal(settings.disabled, true)
  assert.equal((await load(t, {}, { YARDSTICK_PORT: 'off' })).port, 'off')
  assert.equal((await load(t, {}, { YARDSTICK_STORE: 'memory' })).store.kind, 'memory')
  assert.deepEqual(await load(t, {}, { YARDSTICK_PORT: '', YARDSTICK_DISABLED: ' ' }), await load(t, {}))
})

test('service: as yardstick run was told, else configured, else YARDSTICK_SERVICE, else OTEL_SERVICE_NAME, else the package, else the directory', async (t) => {
  const file = { 'yardstick.config.json': '{ "service": "configured" }' }
  const both = { YARDSTICK_SERVICE: 'ours', OTEL_SERVICE_NAME: 'otel' }
  assert.equal((await load(t, file, both)).service, 'configured')
  assert.equal((await load(t, file, both, { service: 'in code' })).service, 'in code')
  const flag = { ...both, YARDSTICK_RUN_SERVICE: 'flag' }
  assert.equal((await load(t, file, flag, { service: 'in code' })).service, 'flag')
  assert.equal((await load(t, {}, both)).service, 'ours')
  assert.equal((await load(t, {}, { OTEL_SERVICE_NAME: 'otel' })).service, 'otel')
  assert.equal((await load(t, { 'package.json': '{ "name": "@acme/orders" }' })).service, '@acme/orders')
  const nameless = directory(t, { 'package.json': '{ "type": "module" }' })
  const { service } = await loadSettings({ directory: nameless, environment: {} })
  assert.ok(nameless.endsWith(service), service)
})

test('a store: short forms, an object, what sqlite({ … }) returns', async (t) => {
  const of = async (store: unknown) => (await load(t, {}, {}, { store })).store
  const keep = { quartersMs: 90 * 86_400_000 }
  const sqlite = (path: string, maxBytes = 256 * 2 ** 20) => ({
    kind: 'sqlite',
    options: { path, maxBytes, keep },
  })
  assert.deepEqual(await of('sqlite'), sqlite('.yardstick/yardstick.db'))
  assert.deepEqual(await of('/var/lib/shop.db'), sqlite('/var/lib/shop.db'))
  assert.deepEqual(await of({ kind: 'sqlite', path: 'a.db', maxBytes: '1 GB' }), sqlite('a.db', 2 ** 30))
  assert.deepEqual(
    await of({ kind: 'sqlite', options: { path: 'b.db', maxBytes: 2 ** 21, keep: { secondsMs: 1e6 } } }),
    {
      kind: 'sqlite',
      options: { path: 'b.db', maxBytes: 2 ** 21, keep: { quartersMs: 90 * 86_400_000, secondsMs: 1e6 } },
    },
  )
  assert.deepEqual(await of({ kind: 'memory', maxBytes: 2 ** 22 }), {
    kind: 'memory',
    options: { maxBytes: 2 ** 22 },
  })
})

test('a store in PostgreSQL: its URL, in the environment too, an object, what postgres({ … }) returns', async (t) => {
  const url = 'postgresql://shop:secret@db.internal:5432/figures?sslmode=verify-full'
  const keep = { quartersMs: 90 * 86_400_000 }
  const expected = { kind: 'postgres', options: { url, keep } }
  const of = async (store: unknown) => (await load(t, {}, {}, { store })).store
  assert.deepEqual(await of(url), expected)
  assert.deepEqual((await load(t, {}, { YARDSTICK_STORE: url })).store, expected)
  assert.deepEqual(await of({ kind: 'postgres', url }), expected)
  assert.deepEqual(await of({ kind: 'postgres', options: { url } }), expected)
  const options = { ssl: { ca: 'PEM' }, schema: 'shop_figures', pool: 3, timeoutMs: 5_000 }
  assert.deepEqual(await of({ kind: 'postgres', options: { ...options, keep: { minutesMs: 1e9 } } }), {
    kind: 'postgres',
    options: { ...options, keep: { ...keep, minutesMs: 1e9 } },
  })
})

test('a file that is not there, throws, is no JSON or exports nothing is told with its path', async (t) => {
  const refusal = async (files: Readonly<Record<string, string>>, environment = {}, message: RegExp) => {
    await assert.rejects(load(t, files, environment), {
      name: 'YardstickError',
      code: 'YS_CONFIG_FILE',
      message,
    })
  }
  await refusal({}, { YARDSTICK_CONFIG: 'nowhere.ts' }, /found none at .*nowhere\.ts/)
  await refusal(
    { 'yardstick.config.mjs': 'throw new Error("no such luck")' },
    {},
    /Could not run .*config\.mjs: line 1 threw: no such luck/,
  )
  await refusal(
    { 'package.json': '{}', 'yardstick.config.js': "\nthrow 'out of it'" },
    {},
    /Could not read .*config\.js: out of it/,
  )
  await refusal(
    { 'package.json': '{}', 'yardstick.config.js': 'exports.config = {\n  service: ,\n}' },
    {},
    /Could not read .*config\.js: line 2: Unexpected token/,
  )
  await refusal({ 'yardstick.config.json': '{ "service": ' }, {}, /Could not read .*config\.json: .*JSON/)
  await refusal(
    { 'yardstick.config.mjs': 'export const settings = {}' },
    {},
    /found neither "config" nor a default/,
  )
  await refusal(
    { 'yardstick.config.ts': 'export const config = {\n  service: ,\n}' },
    {},
    /Could not read .*config\.ts: line 2: /,
  )
})

test('without a package.json the file is looked for in the starting directory only', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'yardstick-config-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const stray = [tmpdir(), dirname(tmpdir())].find((at) => existsSync(join(at, 'package.json')))
  if (stray !== undefined) return t.skip(`there is a package.json in ${stray}`)
  const inner = join(root, 'inner')
  mkdirSync(inner)
  const path = join(root, 'yardstick.config.json')
  writeFileSync(path, '{}')
  assert.equal(findConfigFile(inner), undefined)
  assert.equal(findConfigFile(root), path)
})

test('a TypeScript file in a CommonJS package: the message says how to name it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yardstick-config-'))
  writeFileSync(join(folder, 'package.json'), '{ "name": "made-by-npm-init", "type": "commonjs" }')
  writeFileSync(
    join(folder, 'yardstick.config.ts'),
    "import { join } from 'node:path'\nexport const config = { service: join('a') }\n",
  )
  await assert.rejects(loadSettings({ directory: folder, environment: {} }), {
    code: 'YS_CONFIG_FILE',
    message: /yardstick\.config\.mts, or set "type": "module"/,
  })
  rmSync(folder, { recursive: true })
})
