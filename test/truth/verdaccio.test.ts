import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { isRuntime } from '../../src/measure/runtime-components.ts'
import { freePort } from '../servers/free-port.ts'
import { compareSeries, hasFailed, sidesApart, watched } from './compare-requests.ts'
import { MeasuredProcess, type WitnessedRequest } from './measured-process.ts'
import { Npm, registryConfig } from './registry.ts'

const VERDACCIO = resolve('test/apps/node_modules/verdaccio/bin/verdaccio')
const PACKAGE = '(@[^/]+(%2[fF]|/))?[^/@-][^/]*'

/** The routes that Verdaccio 6 declares, in its order, and the paths that reach them. */
const ROUTES: readonly (readonly [methods: RegExp, path: string, template: string])[] = [
  [/GET/, '/-/static/favicon.ico', '/-/static/favicon.ico'],
  [/GET/, '/-/whoami', '/-/whoami'],
  [/GET/, '/-/npm/v1/user', '/-/npm/v1/user'],
  [/GET/, '/-/all', '/-/all(/since)?'],
  [/PUT/, '/-/user/[^/]+', '/-/user/:org_couchdb_user/:_rev?/:revision?'],
  [/PUT|DELETE/, `/-/package/${PACKAGE}/dist-tags/[^/]+`, '/-/package/:package/dist-tags/:tag'],
  [/GET/, `/-/package/${PACKAGE}/dist-tags`, '/-/package/:package/dist-tags'],
  [/PUT/, `/${PACKAGE}(/-rev/[^/]+)?`, '/:package/:_rev?/:revision?'],
  [/DELETE/, `/${PACKAGE}/-rev/.*`, '/:package/-rev/*'],
  [/DELETE/, `/${PACKAGE}/-/[^/]+/-rev/[^/]+`, '/:package/-/:filename/-rev/:revision'],
  [/GET/, '/-/ping', '/-/ping'],
  [/GET/, '/-/v1/search', '/-/v1/search'],
  [/GET/, '/-/npm/v1/tokens', '/-/npm/v1/tokens'],
  [/GET/, `/${PACKAGE}(/[^/-][^/]*)?`, '/:package/:version?'],
  [/GET/, `/${PACKAGE}/-/[^/]+`, '/:package/-/:filename'],
  [/GET/, '/-/static/ui-options.js', '/-/static/ui-options.js'],
  [/GET/, '/-/web/.*', '/-/web/*'],
  [/GET/, '/', '/'],
  // Verdaccio puts the whole URL back while its mount is being served, so that these routes, which name the mount
  // once more, match: Express itself says so (baseUrl + route.path).
  [/GET/, '/-/verdaccio/data/packages', '/-/verdaccio/-/verdaccio/data/packages'],
  [/GET/, '/-/verdaccio/data/search/[^/]+', '/-/verdaccio/-/verdaccio/data/search/:anything'],
  [
    /GET/,
    '/-/verdaccio/data/sidebar/.+',
    '/-/verdaccio/-/verdaccio/data/sidebar/:scope/:package|/-/verdaccio/-/verdaccio/data/sidebar/:package',
  ],
]

function nameOf({ method, url, status }: WitnessedRequest): string {
  const path = url.split('?')[0]!
  const found = ROUTES.find(
    ([methods, pattern]) => methods.test(method) && new RegExp(`^${pattern}$`).test(path),
  )
  const template = found?.[2]
  return `${method} ${template === undefined || (status === 404 && template.includes('*')) ? '(unmatched)' : template}`
}

test('Verdaccio, unmodified, used by npm: what Yardstick says is what a witness has written down', async (t) => {
  if (!existsSync(VERDACCIO)) return t.skip('Verdaccio is not installed (npm ci --prefix test/apps)')
  const listen = `127.0.0.1:${await freePort()}`
  const registry = new MeasuredProcess({
    witness: resolve('test/truth/request-witness.cjs'),
    words: (directory) => [VERDACCIO, '--config', registryConfig(directory), '--listen', listen],
  })
  t.after(() => registry.close())
  await registry.said(/(http address)/)
  await use(`http://${listen}/`, registry.directory)
  const metrics = await registry.settled()
  t.diagnostic(await registry.card())
  const requests = watched(await registry.testimony(), metrics)
  assert.ok(requests.length > 400)
  assert.equal(requests.filter(hasFailed).length, 3)

  const { request, ...others } = metrics.metrics_by_type
  compareSeries(request!, requests, nameOf)
  t.diagnostic(sidesApart(requests))
  // Whatever routes are called: by method, ok and failed.
  for (const [method, all] of Map.groupBy(requests, (one) => one.method)) {
    const series = request!.series.filter(({ name }) => name.startsWith(`${method} `))
    const sum = (of: 'ok' | 'failed'): number => series.reduce((n, one) => n + one[of], 0)
    const failed = all.filter(hasFailed).length
    assert.deepEqual([sum('ok'), sum('failed')], [all.length - failed, failed], method)
  }
  // Its passwords, without a word from anybody; nothing else that has a recorder is in it.
  const { authentication, ...unmeasured } = others
  assert.deepEqual(
    authentication!.series.map(({ name, failed }) => [name, failed]),
    [
      ['bcrypt.compare', 0],
      ['bcrypt.hash', 0],
    ],
  )
  for (const [component, { n }] of Object.entries(unmeasured)) {
    if (!isRuntime(component)) assert.equal(n, 0, component)
  }
})

/** A day at a small registry: people sign in, publish, look, install; some of it goes wrong. */
async function use(registry: string, directory: string): Promise<void> {
  const signIn = (name: string, password: string, basic = false): Promise<Response> => {
    const known = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
    return fetch(`${registry}-/user/org.couchdb.user:${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...(basic ? { authorization: known } : {}) },
      body: JSON.stringify({ name, password }),
    })
  }
  const first = await signIn('ada', 'correct-horse')
  // As npm does: a user who is there already is told so, and then signs in.
  const conflict = await signIn('ada', 'correct-horse')
  const again = await signIn('ada', 'correct-horse', true)
  const { token } = (await again.json()) as { readonly token: string }
  const wrong = await signIn('ada', 'guess')
  const others = await Promise.all(['bob', 'cem'].map((name) => signIn(name, 'battery-staple')))
  const full = await signIn('dan', 'battery-staple')
  const statuses = [first, conflict, again, wrong, ...others, full].map(({ status }) => status)
  assert.deepEqual(statuses, [201, 409, 201, 401, 201, 201, 403])

  const ada = new Npm(join(directory, 'ada'), registry)
  ada.signIn(token)
  const part = ada.folder('part', { name: '@truth/part', version: '2.0.0' })
  const whole = ada.folder('whole', {
    name: 'truth-whole',
    version: '1.0.0',
    dependencies: { '@truth/part': '^2.0.0' },
  })
  const done = async (npm: Npm, folder: string, ...words: readonly string[]): Promise<void> => {
    const { code, text } = await npm.run(folder, ...words)
    assert.equal(code, 0, `npm ${words.join(' ')}: ${text}`)
  }
  await done(ada, part, 'whoami')
  await done(ada, part, 'publish')
  await done(ada, whole, 'publish')
  const twice = await ada.run(whole, 'publish')
  assert.notEqual(twice.code, 0)
  await done(ada, whole, 'dist-tag', 'add', 'truth-whole@1.0.0', 'beta')
  await done(ada, whole, 'dist-tag', 'ls', 'truth-whole')
  await done(ada, whole, 'deprecate', 'truth-whole@1.0.0', 'there will be a better one')
  await done(ada, whole, 'profile', 'get')
  await done(ada, whole, 'token', 'list')

  const reader = new Npm(join(directory, 'reader'), registry)
  const service = reader.folder('service', { name: 'service', version: '1.0.0' })
  await done(reader, service, 'ping')
  await done(reader, service, 'search', 'truth')
  await done(reader, service, 'view', 'truth-whole')
  await done(reader, service, 'install', 'truth-whole')
  assert.ok(existsSync(join(service, 'node_modules/@truth/part/index.js')))
  const missing = await reader.run(service, 'view', 'no-such-thing')
  assert.match(missing.text, /E404/)
  const unsigned = await reader.run(service, 'publish')
  assert.match(unsigned.text, /ENEEDAUTH|E401/)
  await done(ada, part, 'unpublish', '-f', '@truth/part')

  const pages = [
    '',
    '-/web/detail/truth-whole',
    '-/static/favicon.ico',
    '-/static/ui-options.js',
    '-/static/nothing.js',
    '-/verdaccio/data/packages',
    '-/verdaccio/data/search/truth',
    '-/verdaccio/data/sidebar/truth-whole',
    '-/verdaccio/data/sidebar/@truth/part',
    '-/all',
    '-/nothing/here',
    'a/b/c/d/e',
    'truth-whole/1.0.0',
    'truth-whole/9.9.9',
  ]
  for (const page of pages) await (await fetch(registry + page)).arrayBuffer()
  // A file that the registry cannot read: its fault, so these requests have failed.
  mkdirSync(join(directory, 'storage/broken'))
  writeFileSync(join(directory, 'storage/broken/package.json'), '{"name":')
  for (let i = 0; i < 3; i++) assert.equal((await fetch(`${registry}broken`)).status, 500)
  const often = ['truth-whole', 'truth-whole/-/truth-whole-1.0.0.tgz', 'no-such-thing']
  for (let round = 0; round < 40; round++) {
    const asked = Array.from({ length: 10 }, (_, i) => fetch(registry + often[(round + i) % often.length]!))
    await Promise.all(asked.map(async (answer) => (await answer).arrayBuffer()))
  }
}
