import { required } from '../libraries.ts'
import { type Fault, outcome, type Stage, turns } from './fault.ts'

interface Query extends Promise<unknown> {
  cursor(rows: number): AsyncIterable<unknown>
  cursor(rows: number, each: (rows: readonly unknown[]) => unknown): Promise<unknown>
  execute(): Query
  cancel(): void
}
interface Sql {
  (strings: TemplateStringsArray, ...values: readonly unknown[]): Query
  begin(run: (sql: Sql) => Promise<unknown>): Promise<unknown>
  end(options?: { readonly timeout: number }): Promise<void>
}

const CLASS = 'database SELECT pg_class'

const postgres = required<(options: object) => Sql>('postgres')

const connected = ({ line, say }: Stage, more: object = {}): Sql =>
  postgres({
    host: '127.0.0.1',
    port: line.port,
    username: 'postgres',
    database: 'postgres',
    max: 1,
    fetch_types: false,
    backoff: () => 0.01,
    onclose: () => say('closed'),
    ...more,
  })

const lost = (how: 'closed' | 'reset' | 'torn'): Fault => ({
  name: `the connection is ${how} under a query, with one more waiting`,
  run: async (stage) => {
    const sql = connected(stage)
    stage.line.breakAt('pg_class', how)
    await Promise.all([
      outcome(stage, 'first', sql`SELECT relname FROM pg_class`),
      outcome(stage, 'second', sql`SELECT 2`),
    ])
    await outcome(stage, 'after', sql`SELECT 3`)
    await sql.end({ timeout: 0 })
  },
  recorded: { [CLASS]: 'failed 1', 'database SELECT': 'ok 2' },
})

export const faults: readonly Fault[] = [
  lost('closed'),
  lost('reset'),
  lost('torn'),
  {
    name: 'the server ends the session',
    run: async (stage) => {
      const sql = connected(stage)
      await outcome(stage, 'ended', sql`SELECT pg_terminate_backend(pg_backend_pid())`)
      await sql.end({ timeout: 0 })
    },
    recorded: { 'database SELECT': 'failed 1' },
  },
  {
    name: 'nobody listens',
    run: async (stage) => {
      const sql = connected(stage, { port: stage.dead })
      await outcome(stage, 'first', sql`SELECT 1`)
      await outcome(stage, 'second', sql`SELECT 2`.execute())
    },
    recorded: { 'database SELECT': 'failed 2' },
  },
  {
    name: 'no answer in time, a query that is cancelled, and one of which nobody waits for the end',
    run: async (stage) => {
      const sql = connected(stage)
      await sql`SET statement_timeout = 30`
      await outcome(stage, 'slow', sql`SELECT pg_sleep(5)`)
      await sql`SET statement_timeout = 0`
      const cancelled = sql`SELECT pg_sleep(5)`.execute()
      setTimeout(() => cancelled.cancel(), 30)
      await outcome(stage, 'cancelled', cancelled)
      stage.line.breakAt('pg_class', 'silent')
      const left = outcome(stage, 'left', sql`SELECT relname FROM pg_class`)
      await sql.end({ timeout: 0 })
      await left
      await outcome(stage, 'after the end', sql`SELECT 1`)
    },
    recorded: { 'database SET': 'ok 2', 'database SELECT': 'failed 3', [CLASS]: 'failed 1' },
  },
  {
    name: 'a transaction is refused half-way',
    run: async (stage) => {
      const sql = connected(stage)
      const refused = sql.begin(async (inside) => {
        await inside`SELECT 1`
        await inside`SELECT nothing`
      })
      await outcome(stage, 'refused', refused)
      await sql.end({ timeout: 0 })
    },
    recorded: { 'database begin': 'ok 1', 'database SELECT': 'ok 1, failed 1', 'database rollback': 'ok 1' },
  },
  {
    name: 'cursors lose their connection',
    run: async (stage) => {
      const sql = connected(stage)
      const all = async (): Promise<void> => {
        for await (const _rows of sql`SELECT relname FROM pg_class`.cursor(50));
      }
      stage.line.breakAt('pg_class', 'closed')
      await outcome(stage, 'iterated', all())
      stage.line.breakAt('pg_class', 'torn')
      const each = sql`SELECT relname FROM pg_class`.cursor(50, (rows) => stage.say('rows', rows.length))
      await outcome(stage, 'called back', each)
      await sql.end({ timeout: 0 })
    },
    recorded: { [CLASS]: 'failed 2' },
  },
  {
    name: 'a function that a cursor calls throws',
    run: async (stage) => {
      const sql = connected(stage)
      const throwing = sql`SELECT relname FROM pg_class`.cursor(50, () => {
        throw new Error('thrown in a callback')
      })
      await outcome(stage, 'cursor', throwing)
      await outcome(stage, 'after', sql`SELECT 1`)
      await sql.end({ timeout: 0 })
    },
    recorded: { [CLASS]: 'failed 1', 'database SELECT': 'ok 1' },
  },
  {
    name: 'a refused query that nobody handles is told once',
    run: async (stage) => {
      const sql = connected(stage)
      void sql`SELECT nothing`.execute()
      await outcome(stage, 'after', sql`SELECT 1`)
      await turns()
      await sql.end({ timeout: 0 })
    },
    recorded: { 'database SELECT': 'ok 1, failed 1' },
  },
]
