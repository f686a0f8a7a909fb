import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { isRuntime } from '../../src/measure/runtime-components.ts'
import { CountingPostgres } from '../servers/counting-postgres.ts'
import { freePort } from '../servers/free-port.ts'
import { noPostgres } from '../servers/postgres.ts'
import { type Answer, type Call, Caller } from './caller.ts'
import { compareSeries, hasFailed, sidesApart, watched } from './compare-requests.ts'
import { compareStatements, settledWith } from './compare-statements.ts'
import { MeasuredProcess } from './measured-process.ts'

const UNLEASH = resolve('test/apps/node_modules/unleash-server/dist/server.js')
const ADMIN = { authorization: '*:*.truth-admin-token' }
const CLIENT = { authorization: 'default:development.truth-client-token', 'unleash-appname': 'shop' }
const LOGIN = '/auth/simple/login'
const FEATURES = '/api/admin/projects/:projectId/features'
const ENVIRONMENT = `${FEATURES}/:featureName/environments/:environment`
const registration = {
  appName: 'shop',
  instanceId: 'one',
  strategies: ['default'],
  started: '2026-01-01T00:00:00Z',
  interval: 10,
}
const none = existsSync(UNLEASH) ? noPostgres : 'Unleash is not installed (npm ci --prefix test/apps)'

test('Unleash on PostgreSQL, unmodified: what Yardstick says is what the database and a witness have written down', {
  skip: none,
}, async (t) => {
  const database = await CountingPostgres.start()
  t.after(() => database.remove())
  const port = await freePort()
  const start = (): MeasuredProcess =>
    new MeasuredProcess({
      witness: resolve('test/truth/request-witness.cjs'),
      words: () => [UNLEASH],
      env: {
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(port),
        DATABASE_URL: database.url,
        DATABASE_SSL: 'false',
        INIT_ADMIN_API_TOKENS: ADMIN.authorization,
        INIT_BACKEND_API_TOKENS: CLIENT.authorization,
        SIMPLE_LOGIN_LIMIT_PER_MINUTE: '1000',
        // It would ask its makers for news.
        CHECK_VERSION: 'false',
        SEND_TELEMETRY: 'false',
        LOG_LEVEL: 'info',
      },
    })
  // The first start makes the tables by texts of many statements each, of which the database counts every one.
  const first = start()
  await first.said(/(Unleash has started)/)
  await first.close()
  await database.reset()

  const unleash = start()
  t.after(() => unleash.close())
  await unleash.said(/(Unleash has started)/)
  const caller = new Caller(`http://127.0.0.1:${port}`)
  await use(caller, database)
  const { metrics, done } = await settledWith(unleash, database)
  t.diagnostic(await unleash.card())
  const requests = watched(await unleash.testimony(), metrics)

  const { request, database: statements, authentication, ...others } = metrics.metrics_by_type
  compareSeries(request!, requests, caller.nameOf)
  assert.equal(requests.filter(hasFailed).length, BROKEN)
  t.diagnostic(sidesApart(requests))
  const compared = compareStatements(statements!, done, database.failed())
  // It polls by a handful of statements; all others have stood still.
  assert.ok(compared.equal >= 0.75 * compared.series, JSON.stringify(compared))
  t.diagnostic(JSON.stringify(compared))
  // Where nobody is known by that name no password is hashed, and the route is the proof.
  const proofs = new Map(authentication!.series.map(({ name, n, failed }) => [name, [n, failed]]))
  assert.deepEqual(proofs.get('bcrypt.hash'), [2, 0])
  assert.deepEqual(proofs.get('POST /auth/simple/login'), [1, 0])
  // Its sessions are in the database, too.
  const updates = statements!.series.find(({ name }) => name === 'update unleash_session')
  assert.deepEqual(proofs.get('express-session.touch'), [updates!.n, 0])
  for (const [component, { n }] of Object.entries(others)) {
    if (!isRuntime(component)) assert.equal(n, 0, component)
  }
})

/** Requests that fail because the database does. */
const BROKEN = 3

/** A morning of a team: people sign in, make a feature and switch it; their services ask for it; some of it goes wrong. */
async function use(caller: Caller, database: CountingPostgres): Promise<void> {
  const signIn = (username: string, password: string): Promise<Answer> =>
    caller.call('POST', LOGIN, { body: { username, password } })
  const signedIn = [await signIn('admin', 'guess'), await signIn('nobody', 'guess')]
  signedIn.push(await signIn('admin', 'unleash4all'))
  assert.deepEqual(
    signedIn.map(({ status }) => status),
    [401, 401, 200],
  )
  const cookies = signedIn[2]!.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  const own = { cookie: cookies.join('; ') }
  const params = { projectId: 'default', featureName: 'fast-checkout', environment: 'development' }
  const made = { name: 'fast-checkout', type: 'release' }
  const rollout = {
    name: 'flexibleRollout',
    parameters: { rollout: '50', stickiness: 'default', groupId: 'a' },
  }
  const now = Date.now()
  const bucket = {
    start: new Date(now - 60_000).toISOString(),
    stop: new Date(now).toISOString(),
    toggles: { 'fast-checkout': { yes: 7, no: 3 } },
  }
  const calls: readonly (readonly [status: number, method: string, template: string, call?: Call])[] = [
    [200, 'GET', '/api/admin/projects', { headers: own }],
    [401, 'GET', '/api/admin/projects', { name: '(no route)' }],
    [404, 'POST', '/api/admin/projects', { headers: own, body: { id: 'shop' }, name: '(unmatched)' }],
    [201, 'POST', FEATURES, { headers: own, params, body: made }],
    [409, 'POST', FEATURES, { headers: ADMIN, params, body: made }],
    [400, 'POST', FEATURES, { headers: ADMIN, params, body: { name: 'not a name' } }],
    [200, 'POST', `${ENVIRONMENT}/strategies`, { headers: ADMIN, params, body: rollout }],
    [200, 'POST', `${ENVIRONMENT}/on`, { headers: own, params }],
    [404, 'POST', `${ENVIRONMENT}/on`, { headers: own, params: { ...params, featureName: 'none' } }],
    [200, 'POST', `${ENVIRONMENT}/off`, { headers: own, params }],
    [200, 'GET', `${FEATURES}/:featureName`, { headers: own, params }],
    [200, 'GET', '/api/admin/search/features', { headers: own, query: { query: 'fast' } }],
    [201, 'POST', '/api/admin/tag-types', { headers: own, body: { name: 'team', description: 'whose' } }],
    [200, 'GET', '/api/admin/events', { headers: own }],
    [202, 'POST', '/api/client/register', { headers: CLIENT, body: registration }],
    [202, 'POST', '/api/client/metrics', { headers: CLIENT, body: { appName: 'shop', bucket } }],
    [401, 'GET', '/api/client/features', { name: '(no route)' }],
    [401, 'GET', '/api/client/features', { headers: { authorization: 'guess' }, name: '(no route)' }],
    [200, 'GET', '/health'],
  ]
  for (const [status, method, template, call] of calls) {
    const answer = await caller.call(method, template, call)
    assert.equal(answer.status, status, `${method} ${template}: ${answer.text}`)
  }
  // Services ask all the time, many at once.
  for (let round = 0; round < 15; round++) {
    const asked = ['/api/client/features', `${FEATURES}/:featureName`, '/api/admin/projects', '/health'].map(
      (template) =>
        caller.call('GET', template, {
          params,
          headers: template.startsWith('/api/client') ? CLIENT : own,
        }),
    )
    for (const { status } of await Promise.all(asked)) assert.equal(status, 200)
  }
  await database.change('ALTER TABLE tag_types RENAME TO lost')
  for (let i = 0; i < BROKEN; i++) {
    assert.equal((await caller.call('GET', '/api/admin/tag-types', { headers: own })).status, 500)
  }
  await database.change('ALTER TABLE lost RENAME TO tag_types')
  assert.equal(
    (await caller.call('DELETE', `${FEATURES}/:featureName`, { headers: own, params })).status,
    202,
  )
}
