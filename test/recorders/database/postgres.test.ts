import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'
import { hasPostgres, postgresServer } from '../servers/postgres.ts'
import type { TestServer } from '../servers/test-server.ts'
import { servers } from './servers.ts'

interface Query extends Promise<unknown[]> {
  cursor(rows: number): AsyncIterable<unknown[]>
  cursor(rows: number, fn: (rows: unknown[]) => unknown): Promise<unknown>
  forEach(fn: (row: unknown) => void): Promise<unknown>
  execute(): Query
}
interface Sql {
  (strings: TemplateStringsArray, ...args: unknown[]): Query
  (name: string | object, ...columns: string[]): object
  file(path: string, values?: unknown[]): Query
  unsafe(text: string, values?: unknown[]): Query
  begin(run: (sql: Sql) => Promise<unknown>): Promise<unknown>
  end(): Promise<void>
}
type Postgres = (options: object) => Sql

const FILE = join(import.meta.dirname, 'people.sql')

const exercises: readonly Exercise<Sql>[] = [
  {
    name: 'a query with a value',
    run: async (sql, say) =>
      say([...(await sql`SELECT name FROM people WHERE name <> ${'4111111111111111'}`)]),
    recorded: { 'database SELECT people': 'ok 1' },
  },
  {
    name: 'a query that nobody waits for is not run',
    run: async (sql, say) => {
      const query = sql`SELECT 1`
      await new Promise((resolve) => setTimeout(resolve, 5))
      say(query instanceof Promise)
    },
    recorded: {},
  },
  {
    name: 'a query that is waited for twice is run once',
    run: async (sql, say) => {
      const query = sql`SELECT name FROM people`
      const both = await Promise.all([query, query.then((rows) => rows.length)])
      say(both.map((each) => JSON.stringify(each)))
    },
    recorded: { 'database SELECT people': 'ok 1' },
  },
  {
    name: 'pieces: a name, a list of columns, a query in a query',
    run: async (sql, say) => {
      const condition = sql`WHERE id = ${1}`
      say([...(await sql`SELECT name FROM ${sql('people')} ${condition}`)])
      const added = await sql`INSERT INTO people ${sql({ name: 'Zoe' }, 'name')} RETURNING name`
      say([...added])
      await sql.unsafe("DELETE FROM people WHERE name = 'Zoe'")
    },
    recorded: {
      'database SELECT people': 'ok 1',
      'database INSERT people': 'ok 1',
      'database DELETE people': 'ok 1',
    },
  },
  {
    name: 'a query of a file, and of one that is not there',
    run: async (sql, say) => {
      say([...(await sql.file(FILE, [1]))])
      await assert.rejects(sql.file(`${FILE}.none`), (error: NodeJS.ErrnoException) => {
        say(error.code)
        return true
      })
    },
    recorded: { 'database SELECT people': 'ok 1' },
  },
  {
    name: 'a query that fails',
    run: async (sql, say) => {
      await assert.rejects(sql`SELECT nothing FROM people`, (error: Error & { code: string }) => {
        say([error.constructor.name, error.code, error.message])
        return true
      })
    },
    recorded: { 'database SELECT people': 'failed 1' },
  },
  {
    name: 'a transaction that is rolled back',
    run: async (sql, say) => {
      await assert.rejects(
        sql.begin(async (inside) => {
          await inside`INSERT INTO people (name) VALUES ('Eve')`
          throw new Error('rolled back')
        }),
        /rolled back/,
      )
      say([...(await sql`SELECT count(*) FROM people`)])
    },
    recorded: {
      'database begin': 'ok 1',
      'database INSERT people': 'ok 1',
      'database rollback': 'ok 1',
      'database SELECT people': 'ok 1',
    },
  },
  {
    name: 'a cursor that is iterated, by function, and row by row',
    run: async (sql, say) => {
      for await (const rows of sql`SELECT generate_series(1, 5) AS n`.cursor(2)) say([...rows])
      await sql`SELECT generate_series(1, 5) AS n`.cursor(3, (rows) => say([...rows]))
      await sql`SELECT generate_series(1, 3) AS n`.forEach((row) => void say(row))
    },
    recorded: { 'database SELECT': 'ok 3' },
  },
]

const ways: readonly Way<Sql>[] = [
  { name: 'await', ask: async (sql) => void (await sql`SELECT pg_sleep(0.002)`) },
  { name: 'file', ask: async (sql) => void (await sql.file(FILE, [1])) },
  { name: 'value', ask: async (sql) => void (await sql`SELECT ${1}::int`) },
  {
    name: 'row by row',
    ask: async (sql, at) => {
      await sql`SELECT generate_series(1, 3)`.forEach(() => void at('row'))
    },
  },
  {
    name: 'cursor',
    ask: async (sql, at) => {
      await sql`SELECT generate_series(1, 3)`.cursor(2, () => at('rows'))
    },
  },
]

let server: TestServer
const skip = noLibraries ?? (hasPostgres ? undefined : 'PostgreSQL is not installed')
if (skip === undefined) {
  before(async () => {
    server = await postgresServer()
  })
  after(() => server.stop())
}

const loadings = [
  { name: 'postgres', how: 'patch', as: '', load: async () => required<Postgres>('postgres') },
  {
    name: 'postgres',
    how: 'module',
    as: ', imported',
    load: async () => (await imported<{ readonly default: Postgres }>('postgres')).default,
  },
  { name: 'postgres0', how: 'patch', as: '', load: async () => required<Postgres>('postgres0') },
] as const

for (const { name, how, as, load } of loadings) {
  libraryContract<Sql>({
    name: `postgres ${versionOf(name)}${as}`,
    skip,
    component: 'database',
    open: async () => {
      const postgres = await load()
      const at = { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres' }
      const sql = postgres({ ...at, max: 4, fetch_types: false, onnotice: () => {} })
      await sql`DROP TABLE IF EXISTS people`
      await sql`CREATE TABLE people (id serial, name text)`
      await sql`INSERT INTO people (name) VALUES ('Ann'), ('Bob')`
      return sql
    },
    close: (sql) => sql.end(),
    exercises,
    // The oldest loses its own portals when cursors and queries are under way at once.
    ways: name === 'postgres0' ? ways.filter((way) => way.name !== 'cursor') : ways,
    servers,
    report: { library: 'postgres', state: 'attached', how },
  })
}
