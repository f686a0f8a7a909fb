import type { Pool, PoolClient, QueryResultRow } from 'pg'
import { YardstickError } from '../../ground/errors.ts'
import { failed, stateOf } from './failure.ts'
import type { PgModule } from './module.ts'
import { DEFAULT_POOL, DEFAULT_SCHEMA, DEFAULT_TIMEOUT_MS, type PostgresOptions } from './options.ts'

const CONNECT_MS = 5_000
const IDLE_MS = 60_000
/** How much longer than the server we wait for its answer: it may be gone without a word. */
const PATIENCE_MS = 5_000

type Scalar = string | number | bigint | boolean | Uint8Array
type Value = Scalar | null | readonly Scalar[]

/** Statements within one transaction. */
export interface Transaction {
  /** Rows of one statement; several at once (without values) give none. */
  readonly rows: <R extends QueryResultRow>(sql: string, values?: readonly Value[]) => Promise<readonly R[]>
  /** How many rows it changed. */
  readonly run: (sql: string, values?: readonly Value[]) => Promise<number>
}

export interface TransactionOptions {
  /** Everything is read as of one instant. */
  readonly repeatable?: boolean
  /** How long to wait for a lock. Default 2 s. */
  readonly lockMs?: number
  /** How long a statement may run. Default: the option `timeoutMs`. */
  readonly statementMs?: number
  /** How long it may stand open while we do nothing. Default: the option `timeoutMs`. */
  readonly idleMs?: number
}

const LOCK_MS = 2_000

/**
 * A small pool of connections, and transactions on them. Whatever a transaction needs is set within it (`SET LOCAL`):
 * through PgBouncer in transaction mode the next one may run on another connection, and others get this one.
 */
export class Database {
  readonly schema: string
  readonly timeoutMs: number
  /** Names the database in messages, without its password. */
  readonly place: string
  readonly #pool: Pool
  #closed = false

  constructor(pg: PgModule, options: PostgresOptions) {
    this.schema = options.schema ?? DEFAULT_SCHEMA
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    this.place = placeOf(options)
    this.#pool = new pg.Pool({
      ...(options.url === undefined ? {} : { connectionString: options.url }),
      ...(options.ssl === undefined ? {} : { ssl: options.ssl as boolean }),
      application_name: 'yardstick',
      max: Math.max(options.pool ?? DEFAULT_POOL, 2),
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: IDLE_MS,
      keepAlive: true,
      allowExitOnIdle: true,
    })
    // A connection that breaks while nobody uses it is replaced at the next use; unheard, the event would end us.
    this.#pool.on('error', () => undefined)
    this.#pool.on('connect', (client) => client.on('error', () => undefined))
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * Runs a piece of work in a transaction: all of it or nothing.
   *
   * @param what names the work in errors: `save to`
   * @throws YardstickError `YS_STORE_FAILED`, `YS_STORE_CLOSED`, or what the work throws of its own
   */
  async transaction<T>(
    what: string,
    work: (tx: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const open = await this.begin(what, options)
    let result: T
    try {
      result = await work(open.tx)
    } catch (error) {
      throw await open.abort(error)
    }
    await open.commit()
    return result
  }

  /** A transaction that its user ends, by `commit` or by `abort`, which gives the error to throw. */
  async begin(what: string, options: TransactionOptions = {}): Promise<OpenTransaction> {
    const doing = `${what} ${this.place}`
    if (this.#closed) throw new YardstickError('YS_STORE_CLOSED', `cannot ${doing}: it was closed`)
    const { statementMs = this.timeoutMs } = options
    let client: PoolClient | undefined
    try {
      client = await this.#pool.connect()
      const open = new OpenTransaction(client, doing, statementMs + PATIENCE_MS)
      await open.tx.rows(this.#begin(options))
      return open
    } catch (error) {
      client?.release(true)
      throw failed(doing, error)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#pool.end()
  }

  /** One message to the server. */
  #begin({ repeatable = false, lockMs = LOCK_MS, statementMs, idleMs }: TransactionOptions): string {
    // Said in full: a database may have other defaults.
    const mode = repeatable ? 'REPEATABLE READ, READ ONLY' : 'READ COMMITTED, READ WRITE'
    return `BEGIN ISOLATION LEVEL ${mode};
      SET LOCAL statement_timeout = ${statementMs ?? this.timeoutMs};
      SET LOCAL lock_timeout = ${lockMs};
      SET LOCAL idle_in_transaction_session_timeout = ${idleMs ?? this.timeoutMs};
      SET LOCAL search_path = ${quoted(this.schema)}`
  }
}

/** A transaction under way on a connection of its own. */
export class OpenTransaction {
  readonly tx: Transaction
  readonly #client: PoolClient
  readonly #doing: string

  constructor(client: PoolClient, doing: string, patienceMs: number) {
    this.#client = client
    this.#doing = doing
    const query = (text: string, values: readonly Value[]) =>
      client.query({
        text,
        ...(values.length === 0 ? {} : { values: values.map(asParameter) }),
        query_timeout: patienceMs,
      } as { text: string })
    this.tx = {
      rows: async <R extends QueryResultRow>(sql: string, values: readonly Value[] = []) =>
        (await query(sql, values)).rows as R[],
      run: async (sql, values = []) => (await query(sql, values)).rowCount ?? 0,
    }
  }

  async commit(): Promise<void> {
    try {
      await this.tx.rows('COMMIT')
    } catch (error) {
      this.#client.release(true)
      throw failed(this.#doing, error)
    }
    this.#client.release()
  }

  /** Undoes everything. */
  async rollback(): Promise<void> {
    const undone = await this.tx.rows('ROLLBACK').then(
      () => true,
      () => false,
    )
    this.#client.release(!undone)
  }

  /** Undoes everything because of an error; gives the one to throw. */
  async abort(cause: unknown): Promise<unknown> {
    // After an error that is not the server's the connection is in an unknown state: nobody uses it again.
    if (stateOf(cause) !== undefined || cause instanceof YardstickError) await this.rollback()
    else this.#client.release(true)
    return failed(this.#doing, cause)
  }
}

/** As an identifier; options allow letters, digits and underscores only. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function asParameter(value: Value): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (Array.isArray(value)) return value.map(asParameter)
  return typeof value === 'bigint' ? String(value) : value
}

function placeOf({ url, schema = DEFAULT_SCHEMA }: PostgresOptions): string {
  if (url === undefined) return `PostgreSQL, schema ${schema}`
  const { protocol, host, pathname } = new URL(url)
  if (!/^postgres(ql)?:$/.test(protocol)) throw new TypeError('not the URL of a PostgreSQL database')
  return `PostgreSQL ${host}${pathname}, schema ${schema}`
}
