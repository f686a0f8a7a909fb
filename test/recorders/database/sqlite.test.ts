import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'

interface Statement {
  run(...given: unknown[]): { readonly changes: number | bigint }
  get(...given: unknown[]): unknown
  all(...given: unknown[]): unknown[]
  iterate(...given: unknown[]): IterableIterator<unknown>
}
interface Database {
  exec(sql: string): unknown
  prepare(sql: string): Statement
  close(): void
  /** Of better-sqlite3 only. */
  transaction?(run: (name: string) => unknown): (name: string) => unknown
  pragma?(text: string): unknown
  /** Of node:sqlite only, from Node.js 24.9 on. */
  createTagStore?(): Record<'run' | 'get' | 'all' | 'iterate', Tag>
}
type Tag = (strings: TemplateStringsArray, ...values: unknown[]) => unknown

const exercises: readonly Exercise<Database>[] = [
  {
    name: 'statements: run, get, all',
    run: async (db, say) => {
      say(Number(db.prepare("INSERT INTO people (name) VALUES ('4111111111111111')").run().changes))
      say(db.prepare('SELECT name FROM people WHERE id = ?').get(1))
      say(db.prepare('SELECT name FROM people WHERE id < ?').all(3))
      say(Number(db.prepare('DELETE FROM people WHERE id = 3').run().changes))
    },
    recorded: {
      'database INSERT people': 'ok 1',
      'database SELECT people': 'ok 2',
      'database DELETE people': 'ok 1',
    },
  },
  {
    name: 'a script',
    run: async (db, say) => {
      say(db.exec('begin; UPDATE people SET name = name; commit') === db)
    },
    recorded: { 'database begin UPDATE people commit': 'ok 1' },
  },
  {
    name: 'what fails: when it is run, and when it is prepared',
    run: async (db, say) => {
      const statement = db.prepare('INSERT INTO people (id, name) VALUES (1, ?)')
      for (const fails of [
        () => statement.run('Ann'),
        () => db.exec('SELECT nothing FROM people'),
        () => db.prepare('no SQL'),
      ]) {
        assert.throws(fails, (error: Error & { code: string }) => {
          say([error.constructor.name, error.code, error.message])
          return true
        })
      }
    },
    recorded: { 'database INSERT people': 'failed 1', 'database SELECT people': 'failed 1' },
  },
  {
    name: 'an iterator, read to its end',
    run: async (db, say) => {
      const rows = db.prepare('SELECT name FROM people ORDER BY id').iterate()
      say(rows[Symbol.iterator]() === rows)
      for (const row of rows) say(row)
    },
    recorded: { 'database SELECT people': 'ok 1' },
  },
  {
    name: 'an iterator that is left',
    run: async (db, say) => {
      for (const row of db.prepare('SELECT name FROM people ORDER BY id').iterate()) {
        say(row)
        break
      }
    },
    recorded: { 'database SELECT people': 'ok 1' },
  },
  {
    name: 'names, lengths and what else there is of the methods',
    run: async (db, say) => {
      const statement = db.prepare('SELECT 1')
      for (const [on, names] of [
        [db, ['exec', 'prepare']],
        [statement, ['run', 'get', 'all', 'iterate']],
      ] as const) {
        const methods = on as unknown as Record<string, (...given: unknown[]) => unknown>
        say(names.map((name) => [methods[name]!.name, methods[name]!.length, Object.keys(methods[name]!)]))
      }
    },
    recorded: {},
  },
]

const transaction: Exercise<Database> = {
  name: 'a transaction, and a pragma',
  run: async (db, say) => {
    const insert = db.prepare('INSERT INTO people (name) VALUES (?)')
    const failing = db.transaction!((name) => {
      insert.run(name)
      throw new Error('rolled back')
    })
    assert.throws(() => failing('Eve'), /rolled back/)
    say(db.transaction!(() => 'committed')(''))
    say(db.pragma!('user_version'))
  },
  recorded: {
    'database BEGIN': 'ok 2',
    'database INSERT people': 'ok 1',
    'database ROLLBACK': 'ok 1',
    'database COMMIT': 'ok 1',
    'database PRAGMA user_version': 'ok 1',
  },
}

const tags: Exercise<Database> = {
  name: 'queries by the tag of a template',
  run: async (db, say) => {
    const sql = db.createTagStore!()
    say((sql.run`INSERT INTO people (name) VALUES (${'4111111111111111'})` as { changes: number }).changes)
    say([sql.get`SELECT name FROM people WHERE id = ${1}`, sql.all`SELECT name FROM people WHERE id < ${3}`])
    say([...(sql.iterate`SELECT name FROM people` as Iterable<unknown>)])
    say((sql.run`DELETE FROM people WHERE id = ${3}` as { changes: number }).changes)
    for (const wrong of [() => sql.get`no SQL`, () => sql.get('SELECT 1' as never)]) {
      assert.throws(wrong, (error: Error & { code: string }) => {
        say([error.constructor.name, error.code, error.message])
        return true
      })
    }
    say([sql.get.name, sql.get.length, Object.keys(sql)])
  },
  recorded: {
    'database INSERT people': 'ok 1',
    'database SELECT people': 'ok 3',
    'database DELETE people': 'ok 1',
    'database (unknown)': 'failed 2',
  },
}
const hasTags = 'createTagStore' in DatabaseSync.prototype

const ways: readonly Way<Database>[] = [
  {
    name: 'get',
    ask: async (db, at) => {
      await Promise.resolve()
      db.prepare('SELECT 1').get()
      at('after')
    },
  },
]

interface Loading {
  readonly name: string
  readonly skip: string | undefined
  readonly library: string
  readonly open: () => Promise<Database>
}

type Constructor = new (name: string) => Database

const loadings: readonly Loading[] = [
  {
    name: `better-sqlite3 ${versionOf('better-sqlite3')}`,
    skip: noLibraries,
    library: 'better-sqlite3',
    open: async () => new (required<Constructor>('better-sqlite3'))(':memory:'),
  },
  {
    name: `better-sqlite3 ${versionOf('better-sqlite3')}, imported`,
    skip: noLibraries,
    library: 'better-sqlite3',
    open: async () => {
      const { default: Database } = await imported<{ readonly default: Constructor }>('better-sqlite3')
      return new Database(':memory:')
    },
  },
  {
    name: `node:sqlite ${process.version}`,
    skip: undefined,
    library: 'node',
    open: async () => {
      const { DatabaseSync } = (await import('node:sqlite')) as unknown as { DatabaseSync: Constructor }
      return new DatabaseSync(':memory:')
    },
  },
]

for (const { name, skip, library, open } of loadings) {
  libraryContract<Database>({
    name,
    skip,
    component: 'database',
    open: async () => {
      const db = await open()
      db.exec('CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)')
      db.exec("INSERT INTO people (name) VALUES ('Ann'), ('Bob')")
      return db
    },
    close: async (db) => db.close(),
    exercises: [...exercises, ...(library !== 'node' ? [transaction] : hasTags ? [tags] : [])],
    ways,
    report: { library, state: 'attached', how: 'patch' },
  })
}
