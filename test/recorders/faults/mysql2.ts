import { required } from '../libraries.ts'
import { calledBack, type Fault, heard, outcome, type Stage, thrown, turns } from './fault.ts'

type Callback = (error: Error | null) => void
interface Connection extends NodeJS.EventEmitter {
  query(
    sql: string | object,
    values?: unknown,
    callback?: Callback,
  ): NodeJS.EventEmitter & {
    stream(): AsyncIterable<unknown>
  }
  execute(sql: string, values?: unknown, callback?: Callback): NodeJS.EventEmitter
  promise(): Promised
  destroy(): void
}
interface Promised {
  query(sql: string | object): Promise<unknown>
  execute(sql: string): Promise<unknown>
  getConnection(): Promise<{ release(): void }>
  end(): Promise<void>
}
interface Mysql {
  createConnection(options: object): Connection
  createPool(options: object): Connection
}

const LOST = 'SELECT table_name FROM information_schema.tables'
const TABLES = 'database SELECT information_schema.tables'
const WAIT = 'database_wait mysql2'

const mysql = required<Mysql>('mysql2')

const server = (port: number, more: object = {}) => ({ host: '127.0.0.1', port, user: 'root', ...more })

async function connected({ line, say }: Stage, more: object = {}): Promise<Connection> {
  const connection = mysql.createConnection(server(line.port, more))
  connection.on('error', (error) => say('connection error', error))
  connection.on('end', () => say('connection end'))
  await heard(connection, 'connect')
  return connection
}

async function end(connection: Connection): Promise<void> {
  const ended = heard(connection, 'end')
  await connection.promise().end()
  await ended
}

const lost = (how: 'closed' | 'reset' | 'torn'): Fault => ({
  name: `the connection is ${how} under a query, with two more waiting`,
  run: async (stage) => {
    const connection = await connected(stage)
    stage.line.breakAt('information_schema', how)
    await Promise.all([
      calledBack(stage, 'first', (callback) => connection.query(LOST, [], callback)),
      outcome(stage, 'second', connection.promise().query('SELECT 2')),
      outcome(stage, 'third', connection.promise().execute('SELECT 3')),
    ])
    await calledBack(stage, 'after', (callback) => connection.query('SELECT 4', [], callback))
  },
  recorded: { [TABLES]: 'failed 1', 'database SELECT': 'failed 3' },
})

export const faults: readonly Fault[] = [
  lost('closed'),
  lost('reset'),
  lost('torn'),
  {
    name: 'a pool loses a connection, and opens another',
    run: async (stage) => {
      const pool = mysql.createPool(server(stage.line.port)).promise()
      stage.line.breakAt('information_schema', 'closed')
      await outcome(stage, 'first', pool.query(LOST))
      await outcome(stage, 'second', pool.query(LOST))
      stage.line.breakAt('information_schema', 'closed')
      await outcome(stage, 'third', pool.execute(LOST))
      await pool.end()
    },
    recorded: { [WAIT]: 'ok 3', [TABLES]: 'ok 1, failed 2' },
  },
  {
    name: 'the server ends the session',
    run: async (stage) => {
      const connection = await connected(stage)
      const ended = heard(connection, 'end')
      await outcome(stage, 'ended', connection.promise().query('KILL CONNECTION CONNECTION_ID()'))
      await ended
      await turns()
      await outcome(stage, 'after', connection.promise().query('SELECT 1'))
    },
    recorded: { 'database KILL': 'failed 1', 'database SELECT': 'failed 1' },
  },
  {
    name: 'nobody listens',
    run: async (stage) => {
      const pool = mysql.createPool(server(stage.dead))
      await outcome(stage, 'query', pool.promise().query('SELECT 1'))
      await outcome(stage, 'connection', pool.promise().getConnection())
      await calledBack(stage, 'called back', (callback) => pool.query('SELECT 1', [], callback))
    },
    recorded: { [WAIT]: 'failed 3' },
  },
  {
    name: 'a pool has no connection left, and one that was ended has none',
    run: async (stage) => {
      const pool = mysql
        .createPool(server(stage.line.port, { connectionLimit: 1, waitForConnections: false }))
        .promise()
      const first = await pool.getConnection()
      await outcome(stage, 'second', pool.query('SELECT 2'))
      first.release()
      await pool.end()
      await outcome(stage, 'third', pool.query('SELECT 3'))
    },
    recorded: { [WAIT]: 'ok 1, failed 2' },
  },
  {
    name: 'no answer in time, by the client and by the server',
    run: async (stage) => {
      const connection = await connected(stage)
      stage.line.breakAt('information_schema', 'silent')
      await outcome(stage, 'silent', connection.promise().query({ sql: LOST, timeout: 30 }))
      const ended = heard(connection, 'end')
      connection.destroy()
      await ended
      const other = await connected(stage)
      const slow = 'SET STATEMENT max_statement_time=0.03 FOR SELECT SLEEP(5) FROM information_schema.tables'
      await outcome(stage, 'slow', other.promise().query(slow))
      await end(other)
    },
    recorded: { [TABLES]: 'failed 1', 'database SET SELECT information_schema.tables': 'failed 1' },
  },
  {
    name: 'callbacks that throw',
    run: async (stage) => {
      for (const sql of ['SELECT 1', 'SELECT nothing']) {
        const connection = await connected(stage)
        await new Promise((done) => {
          connection.query(sql, [], () => {
            setImmediate(done)
            throw new Error(`thrown after ${sql}`)
          })
        })
        const ended = heard(connection, 'end')
        connection.destroy()
        await ended
      }
    },
    recorded: { 'database SELECT': 'ok 1, failed 1' },
  },
  {
    name: 'a refused query that nobody handles is told once',
    run: async (stage) => {
      const connection = await connected(stage)
      void connection.promise().query('SELECT nothing')
      await outcome(stage, 'after', connection.promise().query('SELECT 1'))
      await end(connection)
    },
    recorded: { 'database SELECT': 'ok 1, failed 1' },
  },
  {
    name: 'a query by events and a stream lose their connection',
    run: async (stage) => {
      const { line, say } = stage
      for (const how of ['closed', 'torn'] as const) {
        const connection = await connected(stage)
        line.breakAt('information_schema', how)
        const ended = heard(connection, 'end')
        const query = connection.query(LOST)
        query.on('error', (error) => say('query error', error))
        query.on('end', () => say('query end'))
        await ended
        await turns()
      }
      const connection = await connected(stage)
      line.breakAt('information_schema', 'closed')
      const ended = heard(connection, 'end')
      const all = async (): Promise<void> => {
        for await (const _row of connection.query(LOST).stream());
      }
      void outcome(stage, 'stream', all())
      await ended
    },
    recorded: { [TABLES]: 'failed 3' },
  },
  {
    name: 'a query by events on a connection that is lost already',
    run: async (stage) => {
      const connection = await connected(stage)
      stage.line.breakAt('information_schema', 'closed')
      await calledBack(stage, 'lost', (callback) => connection.query(LOST, [], callback))
      const query = connection.query('SELECT 1')
      query.on('error', (error) => stage.say('query error', error))
      query.on('end', () => stage.say('query end'))
      await turns()
    },
    recorded: { [TABLES]: 'failed 1', 'database SELECT': 'failed 1' },
  },
  {
    name: 'a query by events that nobody listens to',
    run: async (stage) => {
      const connection = mysql.createConnection(server(stage.line.port))
      await thrown(() => {
        connection.query('SELECT nothing')
      })
    },
    recorded: { 'database SELECT': 'failed 1' },
  },
]
