import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { tableCall } from '../../../src/recorders/database/cache-tables.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { noLibraries, required } from '../libraries.ts'
import { hasMariadb, mariadbServer } from '../servers/mariadb.ts'
import { hasPostgres, postgresServer } from '../servers/postgres.ts'

type Ask = (sql: string) => unknown
interface Opened {
  readonly ask: Ask
  readonly close: () => unknown
}

interface Prepared {
  prepare(sql: string): { run(): unknown; all(): unknown }
  exec(sql: string): unknown
  close(): void
}

const prepared = (db: Prepared): Opened => {
  db.exec('CREATE TABLE price_cache (id int, price int)')
  const ask = (sql: string): unknown =>
    sql.startsWith('SELECT') ? db.prepare(sql).all() : db.prepare(sql).run()
  return { ask, close: () => db.close() }
}

const CREATE = 'CREATE TABLE IF NOT EXISTS price_cache (id int, price int)'

const drivers: Readonly<Record<string, { readonly skip: boolean; readonly open: () => Promise<Opened> }>> = {
  'node:sqlite': {
    skip: false,
    open: async () => {
      const { DatabaseSync } = await import('node:sqlite')
      return prepared(new DatabaseSync(':memory:') as unknown as Prepared)
    },
  },
  'better-sqlite3': {
    skip: false,
    open: async () => prepared(new (required<new (path: string) => Prepared>('better-sqlite3'))(':memory:')),
  },
  pg: {
    skip: !hasPostgres,
    open: async () => {
      const server = await postgresServer()
      const { Client } = required<{
        readonly Client: new (
          options: object,
        ) => { connect(): Promise<void>; query: Ask; end(): Promise<void> }
      }>('pg')
      const client = new Client({
        host: '127.0.0.1',
        port: server.port,
        user: 'postgres',
        database: 'postgres',
      })
      await client.connect()
      await client.query(CREATE)
      return { ask: (sql) => client.query(sql), close: () => client.end().then(server.stop) }
    },
  },
  postgres: {
    skip: !hasPostgres,
    open: async () => {
      const server = await postgresServer()
      const postgres = required<(options: object) => { unsafe: Ask; end(): Promise<void> }>('postgres')
      const sql = postgres({
        host: '127.0.0.1',
        port: server.port,
        user: 'postgres',
        database: 'postgres',
        fetch_types: false,
        onnotice: () => {},
      })
      await sql.unsafe(CREATE)
      return { ask: (text) => sql.unsafe(text), close: () => sql.end().then(server.stop) }
    },
  },
  mysql2: {
    skip: !hasMariadb,
    open: async () => {
      const server = await mariadbServer()
      const { createConnection } = required<{
        createConnection(options: object): Promise<{ query: Ask; end(): Promise<void> }>
      }>('mysql2/promise')
      const at = { host: '127.0.0.1', port: server.port, user: 'root', database: 'test' }
      const connection = await createConnection(at)
      await connection.query(CREATE)
      return { ask: (sql) => connection.query(sql), close: () => connection.end().then(server.stop) }
    },
  },
}

for (const [name, { skip, open }] of Object.entries(drivers)) {
  describe(`a table that is declared to be a cache, ${name}`, { skip: noLibraries ?? skip }, () => {
    const reading = new Reading()
    let detach: readonly (() => void)[]
    let opened: Opened
    before(async () => {
      detach = recorders().map((recorder) => recorder.attach(reading.ledger))
      opened = await open()
    })
    after(async () => {
      await opened.close()
      for (const each of detach) each()
    })

    test('its queries are calls of that layer, which hit where there are rows, and miss where they fail', async () => {
      const earlier = reading.outcomes()
      const { ask } = opened
      await ask('SELECT id FROM price_cache')
      reading.ledger.layers.declare({ 'table price_cache': 'cache_l3' })
      await ask('INSERT INTO price_cache VALUES (1, 10)')
      await ask('SELECT id FROM price_cache')
      await ask('SELECT id FROM price_cache WHERE id = 2')
      await assert.rejects(async () => ask('SELECT abs(-9223372036854775807 - 1) FROM price_cache'))
      await ask('UPDATE price_cache SET price = 11')
      await ask('DELETE FROM price_cache')
      const counted = [...reading.counts()].filter(
        ([key, { total }]) => total > 0 && earlier[key] === undefined,
      )
      assert.deepEqual(
        Object.fromEntries(
          counted.map(([key, { ok, failed, hits, misses }]) => [key, [ok, failed, hits, misses]]),
        ),
        {
          'database SELECT price_cache': [1, 0, 0, 0],
          'cache_l3 set': [2, 0, 0, 0],
          'cache_l3 get': [2, 1, 1, 2],
          'cache_l3 del': [1, 0, 0, 0],
        },
      )
      assert.deepEqual(reading.errors, [])
    })
  })
}

test('a query of other tables, too, is one of the database', () => {
  const { ledger } = new Reading()
  ledger.layers.declare({ 'table a': 'cache_l3', 'table b': 'cache_l3', 'table c': 'cache_l2' })
  const found = [
    'SELECT a',
    'SELECT a b',
    'SELECT a c',
    'SELECT a users',
    'SELECT users',
    'BEGIN',
    'TRUNCATE a',
    'constructor a',
  ]
  assert.deepEqual(
    found.map((summary) => tableCall(ledger, summary)?.name),
    ['get', 'get', undefined, undefined, undefined, undefined, undefined, undefined],
  )
})

test('a query builder writes in lower case', () => {
  const { ledger } = new Reading()
  ledger.layers.declare({ 'table a': 'cache_l3' })
  const calls = ['select', 'Insert', 'update', 'delete'].map((statement) =>
    tableCall(ledger, `${statement} a`),
  )
  assert.deepEqual(
    calls.map((call) => call?.name),
    ['get', 'set', 'set', 'del'],
  )
})
