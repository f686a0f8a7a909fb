import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { queryNames } from '../../src/measure/query-names.ts'
import { PostgresServer, TEST_SETTINGS } from './postgres.ts'

const DATABASE = 'application'

/** How many statements there were, by what Yardstick calls them. */
export type Statements = Readonly<Record<string, number>>

interface LogLine {
  readonly dbname?: string
  readonly error_severity: string
  readonly statement?: string
}

/** A PostgreSQL that keeps books of its own: of what an application asks of it in a database. */
export class CountingPostgres {
  readonly #server: PostgresServer

  static async start(): Promise<CountingPostgres> {
    const server = await PostgresServer.start({
      ...TEST_SETTINGS,
      shared_preload_libraries: 'pg_stat_statements',
      'pg_stat_statements.max': '10000',
      logging_collector: 'on',
      log_destination: 'jsonlog',
      // Whatever the machine's own time, the name of the log stays.
      log_filename: 'errors.log',
    })
    await server.query('CREATE EXTENSION pg_stat_statements')
    await server.query(`CREATE DATABASE ${DATABASE}`)
    return new CountingPostgres(server)
  }

  private constructor(server: PostgresServer) {
    this.#server = server
  }

  /** Of the application's database. */
  get url(): string {
    return this.#server.urlFor('postgres', DATABASE)
  }

  /** Does something to the application's database that is not in its books of what was done. */
  async change(sql: string): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      options: '-c pg_stat_statements.track=none',
    })
    await client.connect()
    await client.query(sql)
    await client.end()
  }

  /** Begins new books of what was done. */
  async reset(): Promise<void> {
    await this.#server.query('SELECT pg_stat_statements_reset()')
  }

  /** Statements that ran to their end, as `pg_stat_statements` has them: with `$1` for literals, which name nothing. */
  async done(): Promise<Statements> {
    return named(
      await this.#server.query<{ readonly query: string; readonly calls: string }>(
        `SELECT query, sum(calls) AS calls FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid
         WHERE datname = $1 GROUP BY query`,
        [DATABASE],
      ),
    )
  }

  /** Statements that did not, as the server's log has them. */
  failed(): Statements {
    const lines = globSync(join(this.#server.directory, 'data/log/*.json')).flatMap((file) =>
      readFileSync(file, 'utf8').trimEnd().split('\n'),
    )
    const errors = lines
      .map((line) => JSON.parse(line) as LogLine)
      .filter(({ dbname, error_severity }) => dbname === DATABASE && error_severity === 'ERROR')
    return named(errors.map(({ statement = '' }) => ({ query: statement, calls: '1' })))
  }

  remove(): Promise<void> {
    return this.#server.remove()
  }
}

function named(rows: readonly { readonly query: string; readonly calls: string }[]): Statements {
  const names = queryNames(10_000, true)
  const sums: Record<string, number> = {}
  for (const { query, calls } of rows) {
    const name = names.name(query)
    sums[name] = (sums[name] ?? 0) + Number(calls)
  }
  return sums
}
