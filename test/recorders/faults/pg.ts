import { required } from '../libraries.ts'
import { calledBack, type Fault, heard, outcome, type Stage, thrown, turns } from './fault.ts'

type Callback = (error: Error | null) => void
interface Client extends NodeJS.EventEmitter {
  connect(): Promise<void>
  query(...given: unknown[]): Promise<unknown> & NodeJS.EventEmitter
  end(): Promise<void>
}
interface Pool extends NodeJS.EventEmitter, Pick<Client, 'query' | 'end'> {
  connect(): Promise<{ release(): void }>
}
interface Pg {
  readonly Client: new (options: object) => Client
  readonly Pool: new (options: object) => Pool
  readonly Query: new (text: string) => NodeJS.EventEmitter
}

const LOST = 'SELECT relname FROM pg_class'
const WAIT = 'database_wait pg'

const pg = required<Pg>('pg')
const Cursor = required<new (text: string) => { read(rows: number, read: Callback): void }>('pg-cursor')
const QueryStream = required<new (text: string) => AsyncIterable<unknown>>('pg-query-stream')

const server = (port: number, more: object = {}) => ({
  host: '127.0.0.1',
  port,
  user: 'postgres',
  database: 'postgres',
  ...more,
})

async function connected({ line, say }: Stage, more: object = {}): Promise<Client> {
  const client = new pg.Client(server(line.port, more))
  client.on('error', (error) => say('client error', error))
  client.on('end', () => say('client end'))
  await client.connect()
  return client
}

function pooled({ line, say }: Stage, more: object = {}): Pool {
  const pool = new pg.Pool(server(line.port, more))
  pool.on('error', (error) => say('pool error', error))
  return pool
}

const lost = (how: 'closed' | 'reset' | 'torn'): Fault => ({
  name: `the connection is ${how} under a query, with two more waiting`,
  run: async (stage) => {
    const client = await connected(stage)
    stage.line.breakAt('pg_class', how)
    await Promise.all([
      outcome(stage, 'first', client.query(LOST)),
      outcome(stage, 'second', client.query('SELECT 2')),
      new Promise<void>((done) => {
        client.query('SELECT 3', [], (error: Error | null) => {
          stage.say('third', error)
          done()
        })
      }),
      heard(client, 'end'),
    ])
  },
  recorded: { 'database SELECT pg_class': 'failed 1', 'database SELECT': 'failed 2' },
})

export const faults: readonly Fault[] = [
  lost('closed'),
  lost('reset'),
  lost('torn'),
  {
    name: 'a pool loses a connection, and opens another',
    run: async (stage) => {
      const pool = pooled(stage)
      stage.line.breakAt('pg_class', 'closed')
      await outcome(stage, 'first', pool.query(LOST))
      await outcome(stage, 'second', pool.query(LOST))
      await pool.end()
    },
    recorded: { [WAIT]: 'ok 2', 'database SELECT pg_class': 'ok 1, failed 1' },
  },
  {
    name: 'the server ends the session',
    run: async (stage) => {
      const client = await connected(stage)
      const ended = heard(client, 'end')
      await outcome(stage, 'ended', client.query('SELECT pg_terminate_backend(pg_backend_pid())'))
      await ended
      await outcome(stage, 'after', client.query('SELECT 1'))
    },
    recorded: { 'database SELECT': 'failed 2' },
  },
  {
    name: 'nobody listens',
    run: async (stage) => {
      const pool = new pg.Pool(server(stage.dead))
      await outcome(stage, 'query', pool.query('SELECT 1'))
      await outcome(stage, 'connect', pool.connect())
      await calledBack(stage, 'called back', (callback) => pool.query('SELECT 1', [], callback))
    },
    recorded: { [WAIT]: 'failed 3' },
  },
  {
    name: 'a pool has no connection left in time, and one that was ended has none',
    run: async (stage) => {
      const pool = pooled(stage, { max: 1, connectionTimeoutMillis: 1000 })
      const first = await pool.connect()
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
      const client = await connected(stage, { query_timeout: 30 })
      stage.line.breakAt('pg_class', 'silent')
      await outcome(stage, 'silent', client.query(LOST))
      const other = await connected(stage, { statement_timeout: 30 })
      await outcome(stage, 'slow', other.query('SELECT pg_sleep(5)'))
      await other.end()
    },
    recorded: { 'database SELECT pg_class': 'failed 1', 'database SELECT': 'failed 1' },
  },
  {
    name: 'callbacks that throw',
    run: async (stage) => {
      const client = await connected(stage)
      client.query('SELECT 1', () => {
        throw new Error('thrown in a callback')
      })
      await outcome(stage, 'after', client.query('SELECT 2'))
      await new Promise<void>((done) => {
        client.query('SELECT nothing', () => {
          setImmediate(done)
          throw new Error('thrown after a failure')
        })
      })
      // What becomes of this connection depends on how the answer came in: the driver leaves off in the middle of it.
    },
    recorded: { 'database SELECT': 'ok 2, failed 1' },
  },
  {
    name: 'a refused query that nobody handles is told once',
    run: async (stage) => {
      const pool = pooled(stage, { max: 1 })
      void pool.query('SELECT nothing')
      await outcome(stage, 'pool', pool.query('SELECT 1'))
      await pool.end()
      const client = await connected(stage)
      void client.query('SELECT nothing')
      await outcome(stage, 'client', client.query('SELECT 1'))
      await client.end()
    },
    recorded: { [WAIT]: 'ok 2', 'database SELECT': 'ok 2, failed 2' },
  },
  {
    name: 'a cursor, a stream and a query by events lose their connection',
    run: async (stage) => {
      const { line, say } = stage
      const read = async (): Promise<void> => {
        const client = await connected(stage)
        line.breakAt('pg_class', 'closed')
        const cursor = new Cursor(LOST)
        client.query(cursor)
        await new Promise<void>((done) => {
          cursor.read(2, (error) => {
            say('cursor', error)
            done()
          })
        })
      }
      const stream = async (): Promise<void> => {
        const client = await connected(stage)
        line.breakAt('pg_class', 'torn')
        const rows = client.query(new QueryStream(LOST)) as unknown as AsyncIterable<unknown>
        const all = async (): Promise<void> => {
          for await (const _row of rows);
        }
        // It is never told: the stream waits for an answer to its goodbye.
        void outcome(stage, 'stream', all())
        await heard(client, 'end')
      }
      const events = async (): Promise<void> => {
        const client = await connected(stage)
        line.breakAt('pg_class', 'closed')
        const query = client.query(new pg.Query(LOST))
        query.on('end', () => say('query end'))
        await new Promise<void>((done) => {
          query.on('error', (error) => {
            say('query error', error)
            done()
          })
        })
      }
      for (const run of [read, stream, events]) {
        await run()
        await turns()
      }
    },
    recorded: { 'database SELECT pg_class': 'failed 3' },
  },
  {
    name: 'a query by events that nobody listens to',
    run: async (stage) => {
      const client = await connected(stage)
      await thrown(() => {
        client.query(new pg.Query('SELECT nothing'))
      })
    },
    recorded: { 'database SELECT': 'failed 1' },
  },
]
