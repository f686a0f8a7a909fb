import type { Span, StoredEvent, StoredSpan, WantedEvents } from '../../engine/store.ts'
import { YardstickError } from '../../ground/errors.ts'
import type { BadRow, Claim, StoreInfo, StoreInspector } from '../kept.ts'
import { rowPages } from '../row-pages.ts'
import type { OnBad } from '../sum.ts'
import { readable, writable } from '../written.ts'
import type { Database, OpenTransaction } from './database.ts'
import { type EventRow, eventOf, eventsAfter } from './events.ts'
import { schemaInfo, servicesOf } from './info.ts'
import { checkVersion, versionOf } from './migrate.ts'
import { databaseOf, openError } from './opened.ts'
import type { PostgresOptions } from './options.ts'
import { MIGRATIONS } from './schema.ts'
import { storedSpans } from './spans.ts'
import { badRows } from './verify.ts'

const LONG_MS = 600_000

/** Looks into a schema and changes nothing of it. */
export class PostgresInspector implements StoreInspector {
  readonly #db: Database

  /** @throws YardstickError `YS_STORE_OPEN`, `YS_STORE_SCHEMA` */
  static async open(options: PostgresOptions): Promise<PostgresInspector> {
    const db = await databaseOf({ ...options, timeoutMs: LONG_MS })
    try {
      checkVersion(await versionIn(db), db.place)
      return new PostgresInspector(db)
    } catch (error) {
      await db.close()
      const { message } = error as Error
      throw openError(db, error) ?? new YardstickError('YS_STORE_OPEN', message, { cause: error })
    }
  }

  private constructor(db: Database) {
    this.#db = db
  }

  async info(): Promise<StoreInfo> {
    const { place, schema } = this.#db
    const version = await versionIn(this.#db)
    return this.#db.transaction('read from', (tx) => schemaInfo(tx, { place, schema, version }), {
      repeatable: true,
    })
  }

  async services(): Promise<readonly string[]> {
    await this.#checkMigrated()
    return this.#db.transaction('read from', servicesOf)
  }

  async *slices(service: string, span: Span): AsyncGenerator<StoredSpan, void, undefined> {
    await this.#checkMigrated()
    yield* storedSpans(this.#db, service, { span, onBad: refuse })
  }

  async *events(
    service: string,
    span: Span,
    wanted: WantedEvents = {},
  ): AsyncGenerator<StoredEvent, void, undefined> {
    await this.#checkMigrated()
    const pages = rowPages<EventRow>((last) =>
      this.#db.transaction('read from', (tx) => eventsAfter(tx, { service, span, wanted }, last)),
    )
    for await (const page of pages) yield* page.map(eventOf)
  }

  async *claims(service: string): AsyncGenerator<Claim, void, undefined> {
    await this.#checkMigrated()
    const sql = 'SELECT key, at_ms FROM claims WHERE service = $1 ORDER BY at_ms, key'
    const rows = await this.#db.transaction('read from', (tx) =>
      tx.rows<{ key: string; at_ms: number }>(sql, [writable(service)]),
    )
    for (const { key, at_ms } of rows) yield { key: readable(key), atMs: at_ms }
  }

  async *verify(): AsyncGenerator<BadRow, void, undefined> {
    await this.#checkMigrated()
    const open: OpenTransaction = await this.#db.begin('read from', { repeatable: true })
    try {
      yield* badRows(open.tx)
    } finally {
      await open.rollback()
    }
  }

  close(): Promise<void> {
    return this.#db.close()
  }

  async #checkMigrated(): Promise<void> {
    const version = await versionIn(this.#db)
    if (version === MIGRATIONS.length) return
    throw new YardstickError(
      'YS_STORE_SCHEMA',
      `${this.#db.place} has tables of version ${version}, expected ${MIGRATIONS.length}: run "yardstick store migrate" first`,
    )
  }
}

function versionIn(db: Database): Promise<number> {
  return db.transaction('look into', (tx) => versionOf(tx, db.schema))
}

/** What is moved elsewhere must not lack anything without a word. */
const refuse: OnBad = (error) => {
  throw error
}
