import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { Check } from '../../../src/cli/validation/check.ts'
import { configurationChecks, nodeChecks } from '../../../src/cli/validation/machine.ts'
import { folder } from '../folder.ts'

const outcomes = (checks: readonly Check[]): string => checks.map(({ outcome }) => outcome[0]).join('')

test('what a version of Node has', () => {
  const [, become] = nodeChecks().map(({ outcome }) => outcome[0]!)
  for (const [version, needed, hooks] of [
    ['20.20.2', 'f', 'n'],
    ['22.17.9', 'f', 'n'],
    ['22.18.0', 'p', 'n'],
    ['22.22.3', 'p', 'p'],
    ['24.11.0', 'p', 'n'],
    ['24.21.0', 'p', 'p'],
    ['25.1.0', 'p', 'n'],
    ['26.10.0', 'p', 'p'],
    ['28.0.0', 'p', 'p'],
  ] as const) {
    assert.equal(outcomes(nodeChecks(version)), needed + become + hooks, version)
  }
})

async function check(t: TestContext, files: Readonly<Record<string, string>>): Promise<readonly Check[]> {
  const at = folder(t, { 'package.json': '{ "name": "shop" }', ...files, 'scratch/.keep': '' })
  const checks = await configurationChecks({ directory: at('.'), scratch: at('scratch') })
  assert.deepEqual(
    readdirSync(at('.')).sort(),
    ['package.json', 'scratch', ...Object.keys(files)].sort(),
    'left something',
  )
  return checks
}

test('a folder without a configuration gets the defaults, and a place for its figures', async (t) => {
  const checks = await check(t, {})
  assert.equal(outcomes(checks), 'ppp')
  assert.match(checks[0]!.detail, /no file, so the defaults; service shop, 7 targets/)
  assert.match(checks[1]!.detail, /^\.yardstick.yardstick\.db$/)
})

test('a target on a component one letter beside a known one is noted, as it may be the application’s own', async (t) => {
  const targets = ['databse', 'request', 'pricing'].map((component) => ({ component, p95: '1s' }))
  const checks = await check(t, { 'yardstick.config.json': JSON.stringify({ targets }) })
  assert.equal(outcomes(checks), 'pnpp')
  assert.equal(
    checks[1]!.detail,
    'only your own code could record "databse", which has a target; did you mean "database"?',
  )
})

test('a target on a series that is named unlike those that are recorded is noted, once', async (t) => {
  const names = ['/users/:id', 'get /users', 'GET /fine', '** /fine', '*', '(unmatched)', '_OTHER /x']
  const targets = [
    ...names.map((series) => ({ component: 'request', series, p95: '1s', except: '/users/:id' })),
    ...['SELECT * FROM users', 'SELECT users', 'UPDATE *', 'from_memory users'].map((series) => ({
      ...{ component: 'database', series, p95: '1s' },
    })),
    { component: 'pricing', series: '/a', p95: '1s' },
  ]
  const checks = await check(t, { 'yardstick.config.json': JSON.stringify({ targets }) })
  const noted = checks.filter(({ outcome }) => outcome === 'noted').map(({ detail }) => detail)
  assert.deepEqual(noted, [
    'only your own code could record request "/users/:id", which a target names; did you mean "* /users/:id"?',
    'only your own code could record request "get /users", which a target names; did you mean "GET /users"?',
    'only your own code could record database "SELECT * FROM users", which a target names; did you mean "SELECT users"?',
  ])
})

test('so is a path in the place of its route, a path without its slash, and a command of a cache in capitals', async (t) => {
  const id = '0b6d8f0e-9c1f-4d0f-8a53-0f4f7d2c9e11'
  const request = ['GET /users/42', `GET /files/${id}/raw`, 'GET users/**', 'get users/7', '* users']
  const fine = ['GET /2/users', 'GET /404', 'GET /v1/x2', 'GET (no route)', 'GET **', 'check users']
  const targets = [
    ...[...request, ...fine].map((series) => ({ component: 'request', series, p95: '1s' })),
    ...['GET', 'get', 'SELECT prices'].map((series) => ({ component: 'cache_l2', series, p95: '1s' })),
    { component: 'pricing', series: 'GET', p95: '1s' },
  ]
  const checks = await check(t, { 'yardstick.config.json': JSON.stringify({ targets }) })
  const noted = checks.filter(({ outcome }) => outcome === 'noted').map(({ detail }) => detail)
  const only = (name: string, meant: string): string =>
    `only your own code could record ${name}, which a target names; did you mean "${meant}"?`
  const route = (name: string, meant: string): string =>
    `routes are recorded by their templates, not by paths as ${name}, which a target names; did you mean "${meant}"?`
  assert.deepEqual(noted, [
    route('request "GET /users/42"', 'GET /users/*'),
    route(`request "GET /files/${id}/raw"`, 'GET /files/*/raw'),
    only('request "GET users/**"', 'GET /users/**'),
    only('request "get users/7"', 'GET /users/*'),
    only('request "* users"', '* /users'),
    only('cache_l2 "GET"', 'get'),
  ])
})

test('a hit rate is noted where nothing is looked up, and not of caches and what only the application knows', async (t) => {
  const targets = ['request', 'database', 'cache_l2', 'pricing'].map((component) => ({
    component,
    hitRate: '90%',
  }))
  const checks = await check(t, { 'yardstick.config.json': JSON.stringify({ targets }) })
  const noted = checks.filter(({ outcome }) => outcome === 'noted').map(({ detail }) => detail)
  assert.deepEqual(
    noted,
    ['request', 'database'].map(
      (component) =>
        `only your own code could record lookups of ${component}, on whose hit rate there is a target; ` +
        'caches are cache_l1, cache_l2, cache_l3',
    ),
  )
})

test('a configuration with mistakes fails, with all of them', async (t) => {
  const checks = await check(t, { 'yardstick.config.json': '{ "port": "x", "windo": "1min" }' })
  assert.equal(outcomes(checks), 'f')
  assert.match(checks[0]!.detail, /2 problems.*YS_CONFIG/s)
})

test('a store in memory, and Yardstick switched off, are said', async (t) => {
  const checks = await check(t, { 'yardstick.config.json': '{ "store": "memory", "disabled": true }' })
  assert.equal(outcomes(checks), 'pfnp')
})

test('a store where no file can be fails, with the cure', async (t) => {
  const checks = await check(t, { 'yardstick.config.json': '{ "store": "package.json/figures.db" }' })
  assert.equal(outcomes(checks), 'pfp')
  assert.match(checks[1]!.detail, /package\.json is no folder\. Set the store to another path/)
})
