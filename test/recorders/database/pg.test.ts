import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before } from 'node:test'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'
import { hasPostgres, postgresServer } from '../servers/postgres.ts'
import type { TestServer } from '../servers/test-server.ts'
import { servers } from './servers.ts'
import { unreadable } from './unreadable.ts'

type Rows = { readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly rowCount: number }
type Callback = (error: (Error & { readonly code?: string }) | null, result?: Rows) => void
interface Emitter extends NodeJS.EventEmitter {
  readonly text?: string
}
interface Client {
  query(...given: unknown[]): Promise<Rows> & Emitter
  release(): void
  end(): Promise<void>
}
interface Pool extends Client, NodeJS.EventEmitter {
  connect(): Promise<Client>
  connect(callback: (error: Error | null, client: Client, release: () => void) => void): void
}
interface Pg {
  readonly Pool: new (options: object) => Pool
  readonly Query: new (text: string, values?: unknown[]) => Emitter
}
interface Connected {
  readonly pg: Pg
  readonly pool: Pool
  readonly single: Pool
  /** Its clients' `query` is wrapped once more, as another agent does. */
  readonly wrapped: Pool
  /** It emits `told` where it logs. */
  readonly logging: Pool
  /** It gives promises of another kind. */
  readonly promising: Pool
  readonly Cursor: new (
    text: string,
  ) => { read(rows: number, cb: (error: unknown, rows: unknown[]) => void): void; close(): Promise<void> }
  readonly QueryStream: new (text: string) => AsyncIterable<unknown>
}

const WAIT = 'database_wait pg'
const SECRET = '4111111111111111'

const exercises: readonly Exercise<Connected>[] = [
  {
    name: 'a query by promise',
    run: async ({ pool }, say) => {
      const { rows } = await pool.query(`SELECT name FROM people WHERE name <> '${SECRET}' ORDER BY id`)
      say(rows)
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'ok 1' },
  },
  {
    name: 'a query with values, by callback',
    run: ({ pool }, say) =>
      new Promise((done) => {
        const result = pool.query('SELECT name FROM people WHERE id = $1', [1], ((error, found) => {
          say([error, found!.rows])
          done()
        }) satisfies Callback)
        say(String(result))
        say('returned')
      }),
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'ok 1' },
  },
  {
    name: 'a query that fails, by promise',
    run: async ({ pool }, say) => {
      await assert.rejects(pool.query('SELECT nothing FROM people'), (error: Error & { code: string }) => {
        say([error.constructor.name, error.code, error.message])
        return true
      })
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'failed 1' },
  },
  {
    name: 'a query that fails, by callback',
    run: ({ pool }, say) =>
      new Promise((done) => {
        pool.query('SELECT nothing FROM people', ((error) => {
          say([error!.code, error!.message])
          done()
        }) satisfies Callback)
      }),
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'failed 1' },
  },
  {
    name: 'a call that throws',
    run: async ({ pool }, say) => {
      const client = await pool.connect()
      for (const given of [[null], [undefined], ...unreadable('text').map((each) => [each])]) {
        assert.throws(
          () => client.query(...given),
          (error: Error) => {
            say(`${error.name} ${error.message}`)
            return true
          },
        )
      }
      client.release()
    },
    recorded: { [WAIT]: 'ok 1', 'database (unknown)': 'failed 2' },
  },
  {
    name: 'a prepared statement, described by an object that is used again',
    run: async ({ pool }, say) => {
      const described = { name: 'by-id', text: 'SELECT name FROM people WHERE id = $1', values: [2] }
      const client = await pool.connect()
      for (let i = 0; i < 3; i++) say((await client.query(described)).rows)
      say(described)
      client.release()
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'ok 3' },
  },
  {
    name: 'a description with its callback, used again',
    run: async ({ pool }, say) => {
      const client = await pool.connect()
      await new Promise<void>((done) => {
        let times = 0
        const callback: Callback = (error, found) => {
          say([error, found?.rowCount])
          if (++times === 3) done()
          else client.query(described)
        }
        const described = { text: 'SELECT name FROM people', callback }
        client.query(described)
      })
      client.release()
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'ok 3' },
  },
  {
    name: 'a transaction',
    run: async ({ pool }, say) => {
      const client = await pool.connect()
      await client.query('begin')
      say((await client.query("INSERT INTO people (name) VALUES ('Eve') RETURNING name")).rows)
      await client.query('ROLLBACK')
      client.release()
    },
    recorded: {
      [WAIT]: 'ok 1',
      'database begin': 'ok 1',
      'database INSERT people': 'ok 1',
      'database ROLLBACK': 'ok 1',
    },
  },
  {
    name: 'a query of events',
    run: async ({ pg, pool }, say) => {
      const client = await pool.connect()
      const query = new pg.Query('SELECT name FROM people ORDER BY id')
      say(client.query(query) === (query as unknown))
      query.on('row', (row: unknown) => say(row))
      await once(query, 'end')
      say(query.listenerCount('error'))
      client.release()
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'ok 1' },
  },
  {
    name: 'a query of events that fails',
    run: async ({ pg, pool }, say) => {
      const client = await pool.connect()
      const query = client.query(new pg.Query('SELECT nothing FROM people'))
      const error = await new Promise<Error>((heard) => void query.on('error', heard))
      say(error.message)
      client.release()
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'failed 1' },
  },
  {
    name: 'a cursor ends when it is closed',
    run: async ({ Cursor, pool }, say) => {
      const client = await pool.connect()
      const cursor = new Cursor('SELECT generate_series(1, 100) AS n FROM people')
      client.query(cursor)
      const rows = await new Promise<unknown>((read) => cursor.read(2, (_error, found) => read(found)))
      say(rows)
      await cursor.close()
      client.release()
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'ok 1' },
  },
  {
    name: 'a stream ends when it is read',
    run: async ({ QueryStream, pool }, say) => {
      const client = await pool.connect()
      const stream = client.query(new QueryStream('SELECT generate_series(1, 250) AS n')) as unknown
      let rows = 0
      for await (const _row of stream as AsyncIterable<unknown>) rows++
      say(rows)
      client.release()
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT': 'ok 1' },
  },
  {
    name: 'waiting for a pool of one connection',
    run: async ({ single }, say) => {
      const first = await single.connect()
      const asked = Promise.all([single.query('SELECT 1 AS n'), single.query('SELECT 2 AS n')])
      first.release()
      say((await asked).map(({ rows }) => rows))
    },
    recorded: { [WAIT]: 'ok 3', 'database SELECT': 'ok 2' },
  },
  {
    name: "clients whose query is somebody else's, and a pool with a kind of promise of its own",
    run: async ({ wrapped, promising }, say) => {
      say((await wrapped.query('SELECT 1 AS n')).rows)
      const asked = promising.query('SELECT 2 AS n')
      say([asked.constructor.name, (await asked).rows])
      for (const pool of [wrapped, promising]) {
        await assert.rejects(pool.query('SELECT nothing'), (error: Error & { code: string }) => {
          say(error.code)
          return true
        })
      }
    },
    recorded: { [WAIT]: 'ok 4', 'database SELECT': 'ok 2, failed 2' },
  },
  {
    name: 'a query that a pool is asked for while it gives another to a client',
    run: async ({ wrapped }, say) => {
      let inner: Promise<Rows> | undefined
      wrapped.once('acquire', () => {
        inner = wrapped.query('SELECT 1 AS inner')
      })
      say((await wrapped.query('SELECT 2 AS outer')).rows)
      say((await inner!).rows)
    },
    recorded: { [WAIT]: 'ok 2', 'database SELECT': 'ok 2' },
  },
  {
    name: 'a pool that tells what it does, and whoever hears that asks another client',
    run: async ({ logging, single }, say) => {
      const audit = await single.connect()
      const heard: Promise<Rows>[] = []
      const hear = (what: string): void => {
        if (what === 'dispatching query') heard.push(audit.query('SELECT 1 AS heard'))
      }
      logging.on('told', hear)
      say((await logging.query('SELECT 2 AS n')).rows)
      logging.off('told', hear)
      say((await Promise.all(heard)).map(({ rows }) => rows))
      audit.release()
    },
    recorded: { [WAIT]: 'ok 2', 'database SELECT': 'ok 2' },
  },
  {
    name: 'a pool whose log asks the client that is about to be asked',
    run: async ({ logging }, say) => {
      let client: Client | undefined
      let heard: Promise<Rows> | undefined
      logging.once('acquire', (acquired: Client) => {
        client = acquired
      })
      const hear = (what: string): void => {
        if (what === 'dispatching query') heard = client!.query('SELECT 1 AS heard')
      }
      logging.on('told', hear)
      say((await logging.query('SELECT 2 AS n')).rows)
      logging.off('told', hear)
      say((await heard!).rows)
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT': 'ok 2' },
  },
  {
    name: 'what is only like a pool',
    run: async ({ pool }, say) => {
      const client = {
        once: () => {},
        removeListener: () => {},
        release: () => say('released'),
        query: (text: string, _values: unknown, done: (error: null, result: string) => void) =>
          done(null, text),
      }
      const like = {
        Promise,
        log: () => {},
        connect: (done: (error: undefined, client: object) => void) => done(undefined, client),
      }
      say(await pool.query.call(like, 'SELECT 7'))
    },
    recorded: {},
  },
  {
    name: 'a server that is not there',
    run: async ({ pg }, say) => {
      const pool = new pg.Pool({ host: '127.0.0.1', port: 1, user: 'postgres' })
      await assert.rejects(pool.query('SELECT 1'), (error: Error & { code: string }) => {
        say(error.code)
        return true
      })
      await pool.end()
    },
    recorded: { [WAIT]: 'failed 1' },
  },
]

const ways: readonly Way<Connected>[] = [
  { name: 'pool, promise', ask: async ({ pool }) => void (await pool.query('SELECT 1')) },
  {
    name: 'pool of clients that somebody else has wrapped',
    ask: async ({ wrapped }) => void (await wrapped.query('SELECT 1')),
  },
  {
    name: 'pool, a value that is asked what it is',
    ask: async ({ pool }, at) => {
      const toJSON = (): number => {
        at('toJSON')
        return 1
      }
      await pool.query('SELECT $1::json', [{ toJSON }])
    },
  },
  {
    name: 'pool that tells what it does',
    ask: async ({ logging }) => void (await logging.query('SELECT 1')),
  },
  {
    name: 'pool with its own kind of promise',
    ask: ({ promising }, at) => promising.query('SELECT 1').then(() => at('then')),
  },
  {
    name: 'pool, callback',
    ask: ({ pool }, at) =>
      new Promise((done) => {
        pool.query('SELECT pg_sleep(0.002)', () => {
          at('callback')
          done()
        })
      }),
  },
  {
    name: 'client, callbacks',
    ask: ({ pool }, at) =>
      new Promise((done) => {
        pool.connect((_error, client, release) => {
          at('connected')
          client.query('SELECT 1', [], () => {
            at('callback')
            setImmediate(() => {
              at('later')
              release()
              done()
            })
          })
        })
      }),
  },
  {
    name: 'client, promise',
    ask: async ({ pool }, at) => {
      const client = await pool.connect()
      at('connected')
      await client.query({ text: 'SELECT $1::int', values: [1] })
      client.release()
    },
  },
  {
    name: 'events',
    ask: async ({ pg, pool }, at) => {
      const client = await pool.connect()
      const query = client.query(new pg.Query('SELECT generate_series(1, 3)'))
      query.on('row', () => at('row'))
      await new Promise<void>((done) => {
        query.on('end', () => {
          at('end')
          done()
        })
      })
      client.release()
    },
  },
  {
    name: 'cursor',
    ask: async ({ Cursor, pool }, at) => {
      const client = await pool.connect()
      const cursor = new Cursor('SELECT generate_series(1, 3)')
      client.query(cursor)
      await new Promise<void>((done) => {
        cursor.read(10, () => {
          at('read')
          done()
        })
      })
      await cursor.close()
      client.release()
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

interface Loading {
  readonly name: string
  readonly as: string
  readonly load: () => Promise<Pg>
}

const loadings: readonly Loading[] = [
  { name: 'pg', as: `pg ${versionOf('pg')}`, load: async () => required<Pg>('pg') },
  {
    name: 'pg',
    as: `pg ${versionOf('pg')}, imported`,
    load: async () => (await imported<{ readonly default: Pg }>('pg')).default,
  },
  {
    name: 'pg0',
    as: `pg ${versionOf('pg0')}, pg-pool ${versionOf('pg-pool0')}`,
    load: async () => {
      const pg = required<Pg & { readonly Client: unknown }>('pg0')
      const Pool = required<Pg['Pool']>('pg-pool0')
      return {
        Query: pg.Query,
        Pool: class extends (Pool as new (options: object) => object) {
          constructor(options: object) {
            super({ ...options, Client: pg.Client })
          }
        } as Pg['Pool'],
      }
    },
  },
]

for (const { as, load } of loadings) {
  libraryContract<Connected>({
    name: as,
    skip,
    component: 'database',
    open: async () => {
      const pg = await load()
      const at = { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres' }
      const pool = new pg.Pool({ ...at, max: 4 })
      const client = await pool.connect()
      await client.query('DROP TABLE IF EXISTS people')
      await client.query('CREATE TABLE people (id serial, name text)')
      await client.query("INSERT INTO people (name) VALUES ('Ann'), ('Bob')")
      client.release()
      const wrapped = new pg.Pool({ ...at, max: 4 })
      wrapped.on('connect', (each: Client) => {
        const prototype: Client = Object.getPrototypeOf(each)
        // Not the one of now: recorders come and go here.
        each.query = function (...given) {
          return prototype.query.apply(this, given)
        }
      })
      const logging: Pool = new pg.Pool({ ...at, max: 4, log: (what: string) => logging.emit('told', what) })
      return {
        pg,
        pool,
        wrapped,
        logging,
        promising: new pg.Pool({ ...at, max: 4, Promise: class Promising<T> extends Promise<T> {} }),
        single: new pg.Pool({ ...at, max: 1 }),
        Cursor: required('pg-cursor'),
        QueryStream: required('pg-query-stream'),
      }
    },
    close: async ({ pool, single, wrapped, logging, promising }) => {
      for (const each of [pool, single, wrapped, logging, promising]) await each.end()
    },
    exercises,
    ways,
    servers,
    report: { library: 'pg', state: 'attached', how: 'patch' },
  })
}
