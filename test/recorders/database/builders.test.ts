import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { Scope } from '../../../src/measure/scope.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { imported, noLibraries, required } from '../libraries.ts'
import { hasPostgres, postgresServer } from '../servers/postgres.ts'
import type { TestServer } from '../servers/test-server.ts'

// Query builders record nothing themselves: the driver below them does, once for each statement.

interface Pool {
  query(text: string): Promise<{ readonly rows: readonly Record<string, string>[] }>
  end(): Promise<void>
}
interface Pg {
  readonly Pool: new (options: object) => Pool
}
interface Table<R> extends PromiseLike<R> {
  where(condition: object): Table<R>
  insert(row: object): Table<R>
}
interface Knex {
  (table: string): Table<unknown[]>
  transaction(run: (inside: (table: string) => Table<unknown>) => Promise<unknown>): Promise<unknown>
  raw(text: string): Promise<unknown>
  destroy(): Promise<void>
}
interface Drizzle {
  execute(query: unknown): Promise<unknown>
  transaction(run: (inside: Drizzle) => Promise<unknown>): Promise<unknown>
}
interface Kysely {
  selectFrom(table: string): {
    selectAll(): { where(...condition: unknown[]): { execute(): Promise<unknown> } }
  }
}

const skip = noLibraries ?? (hasPostgres ? false : 'PostgreSQL is not installed')
const reading = new Reading()
let server: TestServer
let detach: readonly (() => void)[] = []
let pg: Pg
let pool: Pool

if (skip === false) {
  before(async () => {
    server = await postgresServer()
    detach = recorders().map((recorder) => recorder.attach(reading.ledger))
    pg = required<Pg>('pg')
    pool = new pg.Pool(at())
    await pool.query('CREATE TABLE people (id serial, name text)')
  })
  after(async () => {
    await pool.end()
    for (const each of detach) each()
    await server.stop()
  })
}

function at(): object {
  return { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres' }
}

/** What ran, by what the recorders counted. */
async function recorded(run: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const before = counts()
  await run()
  const grown = Object.entries(counts()).map(([name, n]) => [name, n - (before[name] ?? 0)] as const)
  return Object.fromEntries(grown.filter(([, n]) => n > 0))
}

function counts(): Readonly<Record<string, number>> {
  const queries = [...reading.counts()].filter(([name]) => name.startsWith('database '))
  return Object.fromEntries(queries.map(([name, { total }]) => [name.slice(9), total]))
}

test('knex: each statement once', { skip }, async () => {
  const make = required<(options: object) => Knex>('knex')
  const knex = make({ client: 'pg', connection: at(), pool: { min: 0, max: 2 } })
  assert.deepEqual(
    await recorded(async () => {
      await knex('people').insert({ name: 'Ann' })
      await knex('people').where({ name: 'Ann' })
      await knex.transaction((inside) => Promise.resolve(inside('people').insert({ name: 'Bob' })))
    }),
    // It asks the server once which version it is.
    { 'insert people': 2, 'select people': 1, BEGIN: 1, COMMIT: 1, select: 1 },
  )
  await knex.destroy()
})

test('drizzle: each statement once', { skip }, async () => {
  const { drizzle } = await imported<{ readonly drizzle: (client: object) => Drizzle }>(
    'drizzle-orm/node-postgres',
  )
  const { sql } = await imported<{
    readonly sql: (strings: TemplateStringsArray, ...values: unknown[]) => unknown
  }>('drizzle-orm')
  const db = drizzle({ client: pool } as object)
  assert.deepEqual(
    await recorded(async () => {
      await db.execute(sql`SELECT * FROM people WHERE name = ${'Ann'}`)
      await db.transaction((inside) => inside.execute(sql`DELETE FROM people WHERE name = ${'Zoe'}`))
    }),
    { 'SELECT people': 1, begin: 1, 'DELETE people': 1, commit: 1 },
  )
})

test('kysely: each statement once', { skip }, async () => {
  const { Kysely, PostgresDialect } = await imported<{
    readonly Kysely: new (options: object) => Kysely
    readonly PostgresDialect: new (options: object) => object
  }>('kysely')
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) })
  assert.deepEqual(
    await recorded(() => db.selectFrom('people').selectAll().where('name', '=', 'Ann').execute()),
    {
      'select people': 1,
    },
  )
})

test('queries inside an operation of the application’s own count in their series, not in the totals', {
  skip,
}, async () => {
  const { ledger } = reading
  const own = ledger.operation('database', 'user_lookup')
  const nested = () => ledger.announced.filter((each) => each.kind === 'series' && each.nested).length
  const before = nested()
  const seen = await recorded(() =>
    ledger.scopes.run(new Scope(0), () =>
      own.track(() => Promise.all([pool.query('SELECT 1 FROM people'), pool.query('SELECT 2 FROM people')])),
    ),
  )
  assert.equal(seen.user_lookup, 1)
  assert.equal(nested(), before + 1)
  // Side by side without one around them, both count.
  const beside = await recorded(() =>
    ledger.scopes.run(new Scope(0), () => Promise.all([pool.query('SELECT 1'), pool.query('SELECT 2')])),
  )
  assert.deepEqual(beside, { SELECT: 2 })
})
