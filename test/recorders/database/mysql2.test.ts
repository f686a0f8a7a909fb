import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'
import { hasMariadb, mariadbServer } from '../servers/mariadb.ts'
import type { TestServer } from '../servers/test-server.ts'
import { servers } from './servers.ts'
import { unreadable } from './unreadable.ts'

type Callback = (error: (Error & { code: string }) | null, rows: unknown) => void
interface Events extends NodeJS.EventEmitter {
  readonly sql: string
}
interface Connection {
  query(sql: string | object, values?: unknown, callback?: Callback): Events
  execute(sql: string, values?: unknown, callback?: Callback): Events
  prepare(sql: string, callback: (error: Error | null, statement: Statement) => void): void
  promise(): Promised
  release(): void
}
interface Statement {
  execute(values: unknown, callback?: Callback): Events
}
interface PreparedByPromise {
  execute(values: unknown): Promise<[unknown, unknown]>
}
interface Promised {
  prepare(sql: string): Promise<PreparedByPromise>
  query(sql: string, values?: unknown): Promise<[unknown, unknown]>
  execute(sql: string, values?: unknown): Promise<[unknown, unknown]>
  beginTransaction(): Promise<void>
  rollback(): Promise<void>
  getConnection(): Promise<Promised>
  release(): void
}
interface Pool extends Connection {
  getConnection(callback: (error: Error | null, connection: Connection) => void): void
  end(done: () => void): void
}
interface Mysql {
  createPool(options: object): Pool
  createPoolCluster(): Cluster
}
interface Cluster {
  add(name: string, options: object): void
  of(pattern: string): Pool
  getConnection: Pool['getConnection']
  end(done: () => void): void
}
interface Connected {
  readonly mysql: Mysql
  readonly pool: Pool
  readonly cluster: Cluster
}

const WAIT = 'database_wait mysql2'

const exercises: readonly Exercise<Connected>[] = [
  {
    name: 'a query by promise, with a value',
    run: async ({ pool }, say) => {
      const [rows] = await pool
        .promise()
        .query('SELECT name FROM people WHERE name <> ?', ['4111111111111111'])
      say(rows)
    },
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'ok 1' },
  },
  {
    name: 'a query by callback',
    run: ({ pool }, say) =>
      new Promise((done) => {
        const command = pool.query('SELECT name FROM people WHERE id = ?', [1], (error, rows) => {
          say([error, rows])
          done()
        })
        say(command.constructor.name)
      }),
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'ok 1' },
  },
  {
    name: 'queries that fail, by promise and by callback',
    run: async ({ pool }, say) => {
      await assert.rejects(
        pool.promise().query('SELECT nothing FROM people'),
        (error: Error & { code: string }) => {
          say([error.constructor.name, error.code, error.message])
          return true
        },
      )
      await new Promise<void>((done) => {
        pool.query('SELECT nothing FROM people', undefined, (error) => {
          say([error!.code, error!.message])
          done()
        })
      })
    },
    recorded: { [WAIT]: 'ok 2', 'database SELECT people': 'failed 2' },
  },
  {
    name: 'prepared statements',
    run: async ({ pool }, say) => {
      for (const id of [1, 2])
        say((await pool.promise().execute('SELECT name FROM people WHERE id = ?', [id]))[0])
      await assert.rejects(pool.promise().execute('SELECT nothing FROM people'), (error: Error) => {
        say(error.message)
        return true
      })
    },
    recorded: { [WAIT]: 'ok 3', 'database SELECT people': 'ok 2, failed 1' },
  },
  {
    name: 'statements that are prepared once and asked again, by callback, promise and event',
    run: async ({ pool }, say) => {
      const sql = 'SELECT name FROM people WHERE id = ?'
      await new Promise<void>((done) => {
        pool.getConnection((_error, connection) => {
          connection.prepare(sql, (error, statement) => {
            say([error, statement.constructor.name])
            statement.execute([1], (...told) => {
              say(told.slice(0, 2))
              statement
                .execute([2])
                .on('result', say)
                .on('end', () => {
                  connection.release()
                  done()
                })
            })
          })
        })
      })
      const connection = await pool.promise().getConnection()
      const statement = await connection.prepare(sql)
      say((await statement.execute([1]))[0])
      connection.release()
    },
    recorded: { [WAIT]: 'ok 2', 'database SELECT people': 'ok 3' },
  },
  {
    name: 'a call that throws',
    run: async ({ pool }, say) => {
      const connection = await pool.promise().getConnection()
      for (const asked of unreadable('sql')) {
        await assert.rejects(connection.query(asked as never), (error: Error) => {
          say(`${error.name} ${error.message}`)
          return true
        })
      }
      connection.release()
    },
    recorded: { [WAIT]: 'ok 1', 'database (unknown)': 'failed 2' },
  },
  {
    name: 'a transaction',
    run: async ({ pool }, say) => {
      const connection = await pool.promise().getConnection()
      await connection.beginTransaction()
      const [{ affectedRows }] = (await connection.query(
        "INSERT INTO people (name) VALUES ('Eve')",
      )) as unknown as [{ affectedRows: number }]
      say(affectedRows)
      await connection.rollback()
      connection.release()
    },
    recorded: {
      [WAIT]: 'ok 1',
      'database START TRANSACTION': 'ok 1',
      'database INSERT people': 'ok 1',
      'database ROLLBACK': 'ok 1',
    },
  },
  {
    name: 'a query of events, read as it comes',
    run: ({ pool }, say) =>
      new Promise((done) => {
        pool
          .query('SELECT name FROM people ORDER BY id')
          .on('result', (row) => say(row))
          .on('end', () => {
            say('end')
            setImmediate(done)
          })
      }),
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'ok 1' },
  },
  {
    name: 'a query of events that fails',
    run: ({ pool }, say) =>
      new Promise((done) => {
        pool
          .query('SELECT nothing FROM people')
          .on('error', (error: Error) => say(error.message))
          .on('end', () => {
            say('end')
            setImmediate(done)
          })
      }),
    recorded: { [WAIT]: 'ok 1', 'database SELECT people': 'failed 1' },
  },
  {
    name: 'pools of a cluster, asked for a query, a prepared one and a connection',
    run: async ({ cluster }, say) => {
      const asked = (ask: (callback: Callback) => void): Promise<void> =>
        new Promise((done) =>
          ask((error, rows) => {
            say([error?.message, rows])
            done()
          }),
        )
      const sql = 'SELECT name FROM people WHERE id = ?'
      await asked((callback) => cluster.of('db*').query(sql, [1], callback))
      await asked((callback) => cluster.of('db*').execute(sql, [2], callback))
      await asked((callback) => cluster.of('db1').query('SELECT nothing FROM people', [], callback))
      await asked((callback) =>
        cluster.getConnection((_error, connection) => {
          connection.query(sql, [1], (...told) => {
            connection.release()
            callback(...told)
          })
        }),
      )
    },
    recorded: { [WAIT]: 'ok 4', 'database SELECT people': 'ok 3, failed 1' },
  },
  {
    name: 'a server that is not there',
    run: ({ mysql }, say) =>
      new Promise((done) => {
        const pool = mysql.createPool({ host: '127.0.0.1', port: 1, user: 'root' })
        pool.query('SELECT 1', undefined, (error) => {
          say(error!.code)
          pool.end(() => done())
        })
      }),
    recorded: { [WAIT]: 'failed 1' },
  },
]

const ways: readonly Way<Connected>[] = [
  { name: 'promise', ask: async ({ pool }) => void (await pool.promise().query('SELECT SLEEP(0.002)')) },
  { name: 'prepared', ask: async ({ pool }) => void (await pool.promise().execute('SELECT 1')) },
  {
    name: 'callback',
    ask: ({ pool }, at) =>
      new Promise((done) => {
        pool.query('SELECT 1', undefined, () => {
          at('callback')
          done()
        })
      }),
  },
  {
    name: 'connection',
    ask: ({ pool }, at) =>
      new Promise((done) => {
        pool.getConnection((_error, connection) => {
          at('connected')
          connection.query('SELECT 1', [], () => {
            at('callback')
            connection.release()
            done()
          })
        })
      }),
  },
  {
    name: 'cluster',
    ask: ({ cluster }, at) =>
      new Promise((done) => {
        cluster.of('db*').query('SELECT 1', [], () => {
          at('callback')
          done()
        })
      }),
  },
  {
    name: 'statement',
    ask: ({ pool }, at) =>
      new Promise((done) => {
        pool.getConnection((_error, connection) => {
          connection.prepare('SELECT 1', (_failed, statement) => {
            at('prepared')
            statement.execute([], () => {
              at('callback')
              connection.release()
              done()
            })
          })
        })
      }),
  },
]

let server: TestServer
const skip = noLibraries ?? (hasMariadb ? undefined : 'MariaDB is not installed')
if (skip === undefined) {
  before(async () => {
    server = await mariadbServer()
  })
  after(() => server.stop())
}

const loadings = [
  { name: 'mysql2', how: 'patch', as: '', load: async () => required<Mysql>('mysql2') },
  {
    name: 'mysql2',
    how: 'patch',
    as: ', imported',
    load: async () => (await imported<{ readonly default: Mysql }>('mysql2')).default,
  },
  { name: 'mysql2-20', how: 'patch', as: '', load: async () => required<Mysql>('mysql2-20') },
  { name: 'mysql2-19', how: 'patch', as: '', load: async () => required<Mysql>('mysql2-19') },
  { name: 'mysql2-0', how: 'patch', as: '', load: async () => required<Mysql>('mysql2-0') },
] as const

for (const { name, how, as, load } of loadings) {
  libraryContract<Connected>({
    name: `mysql2 ${versionOf(name)}${as}`,
    skip,
    component: 'database',
    open: async () => {
      const mysql = await load()
      const at = { host: '127.0.0.1', port: server.port, user: 'root' }
      const pool = mysql.createPool({ ...at, database: 'test', connectionLimit: 4 })
      await pool.promise().query('DROP TABLE IF EXISTS people')
      await pool.promise().query('CREATE TABLE people (id INT AUTO_INCREMENT PRIMARY KEY, name TEXT)')
      await pool.promise().query("INSERT INTO people (name) VALUES ('Ann'), ('Bob')")
      const cluster = mysql.createPoolCluster()
      for (const each of ['db1', 'db2']) cluster.add(each, { ...at, database: 'test', connectionLimit: 4 })
      return { mysql, pool, cluster }
    },
    close: ({ pool, cluster }) => new Promise((done) => pool.end(() => cluster.end(() => done()))),
    exercises,
    ways,
    servers,
    report: { library: 'mysql2', state: 'attached', how },
  })
}
