import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { seesModules } from '../../src/recorders/libraries/module-tail.ts'
import { noLibraries } from '../recorders/libraries.ts'
import { hasPostgres, postgresServer } from '../recorders/servers/postgres.ts'
import { application, ask, metrics, portOf } from './application.ts'

const folder = resolve('test/libraries/package.json')

test('the queries of Yardstick’s own store are not among the application’s', async (t) => {
  const source = `
    const { DatabaseSync } = require('node:sqlite')
    const db = new DatabaseSync(':memory:')
    db.exec('CREATE TABLE people (name TEXT)')
    require('node:http').createServer((request, response) => {
      db.prepare('SELECT * FROM people').all()
      response.end()
    }).listen(0, '127.0.0.1', function () { console.log('up ' + this.address().port) })`
  // The store is SQLite, in the same process, on the engine's thread.
  const app = application(source, { env: { NODE_NO_WARNINGS: '1' } })
  t.after(app.close)
  const [, own] = await app.printed(/up (\d+)/)
  const port = await portOf(app)
  if (!seesModules()) return t.skip('node:sqlite cannot be watched on this version of Node.js')
  for (let i = 0; i < 20; i++) await ask(`http://127.0.0.1:${own}/`)
  const { metrics_by_type } = await metrics(port, 'database', 21)
  const series = metrics_by_type.database!.series.map(({ name, n }) => [name, n]).sort()
  assert.deepEqual(series, [
    ['CREATE TABLE people', 1],
    ['SELECT people', 20],
  ])
})

const SERVER = `
  const pool = new pg.Pool({ host: '127.0.0.1', port: process.env.PGTEST, user: 'postgres' })
  createServer((request, response) => {
    pool.query('SELECT 1 AS people', () => response.end())
  }).listen(0, '127.0.0.1', function () { console.log('up ' + this.address().port) })`

for (const [kind, file, head] of [
  [
    'CommonJS, under --require',
    'app.cjs',
    `const pg = require('node:module').createRequire(${JSON.stringify(folder)})('pg'); const { createServer } = require('node:http')`,
  ],
  [
    'ES modules',
    'app.mjs',
    `import { createServer } from 'node:http'; import pg from ${JSON.stringify(resolve('test/libraries/node_modules/pg/esm/index.mjs'))}`,
  ],
] as const) {
  test(`pg in an unmodified application: ${kind}`, { skip: noLibraries ?? !hasPostgres }, async (t) => {
    const server = await postgresServer()
    t.after(server.stop)
    const app = application(`${head}\n${SERVER}`, { file, env: { PGTEST: String(server.port) } })
    t.after(app.close)
    const [, own] = await app.printed(/up (\d+)/)
    const port = await portOf(app)
    for (let i = 0; i < 25; i++) await ask(`http://127.0.0.1:${own}/`)
    const { metrics_by_type } = await metrics(port, 'database', 25)
    assert.deepEqual(
      metrics_by_type.database!.series.map(({ name, n }) => [name, n]),
      [['SELECT', 25]],
    )
    assert.equal(metrics_by_type.database_wait!.n, 25)
    const { body } = await ask(`${port}/api/v1/performance/self`)
    const { recorders } = JSON.parse(body) as { readonly recorders: readonly Record<string, string>[] }
    const watched = recorders.filter(({ name }) => name === 'pg')
    assert.deepEqual(
      watched.map(({ library, state, how }) => [library, state, how]),
      [
        ['pg', 'attached', 'patch'],
        ['pg-pool', 'attached', 'patch'],
      ],
    )
    assert.equal(recorders.find(({ name }) => name === 'mysql2')?.state, 'waiting')
  })
}
