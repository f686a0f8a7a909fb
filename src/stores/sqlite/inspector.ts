import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Span, StoredEvent, StoredSpan, WantedEvents } from '../../engine/store.ts'
import { YardstickError } from '../../ground/errors.ts'
import type { BadRow, Claim, StoreInfo, StoreInspector } from '../kept.ts'
import { rowPages } from '../row-pages.ts'
import { spansOf } from '../rows.ts'
import type { OnBad } from '../sum.ts'
import { readable } from '../written.ts'
import { Database } from './database.ts'
import { type EventRow, eventOf, eventsAfter } from './events.ts'
import { openError } from './file.ts'
import { fileInfo } from './info.ts'
import { Names } from './names.ts'
import { DEFAULT_PATH, type SqliteOptions } from './options.ts'
import { checkOwner } from './ownership.ts'
import { quarters } from './quarters.ts'
import { checkVersion, MIGRATIONS } from './schema.ts'
import { badRows } from './verify.ts'

const BUSY_MS = 5_000

/** Looks into a file and changes nothing of it. */
export class SqliteInspector implements StoreInspector {
  readonly #db: Database
  readonly #path: string
  readonly #names: Names

  /** @throws YardstickError `YS_STORE_OPEN`, `YS_STORE_SCHEMA` */
  static open(options: SqliteOptions, directory: string): SqliteInspector {
    const path = resolve(directory, options.path ?? DEFAULT_PATH)
    if (!existsSync(path)) {
      throw new YardstickError(
        'YS_STORE_OPEN',
        `${path} is not there: expected the SQLite file of a service that has run; name it with --store`,
      )
    }
    try {
      const db = new Database(path, { readOnly: true })
      db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
      checkOwner(db, path)
      checkVersion(db.pragma('user_version'), path)
      return new SqliteInspector(db, path)
    } catch (error) {
      throw openError(path, error)
    }
  }

  private constructor(db: Database, path: string) {
    this.#db = db
    this.#path = path
    this.#names = new Names(db)
  }

  async info(): Promise<StoreInfo> {
    return this.#guard(() => fileInfo(this.#db, this.#path))
  }

  async services(): Promise<readonly string[]> {
    this.#checkMigrated()
    const rows = this.#guard(() => this.#db.all<{ name: string }>('SELECT name FROM services ORDER BY id'))
    return rows.map(({ name }) => readable(name))
  }

  async *slices(service: string, span: Span): AsyncGenerator<StoredSpan, void, undefined> {
    this.#checkMigrated()
    const id = this.#names.service(service)
    if (id === undefined) return
    for (const stored of spansOf(quarters(this.#db, { service: id, span, onBad: refuse }), span, refuse)) {
      yield stored
      await setImmediate()
    }
  }

  async *events(
    service: string,
    span: Span,
    wanted: WantedEvents = {},
  ): AsyncGenerator<StoredEvent, void, undefined> {
    this.#checkMigrated()
    const id = this.#names.service(service)
    if (id === undefined) return
    const pages = rowPages<EventRow>((last) =>
      this.#guard(() => eventsAfter(this.#db, { service: id, span, wanted }, last)),
    )
    for await (const page of pages) yield* page.map(eventOf)
  }

  async *claims(service: string): AsyncGenerator<Claim, void, undefined> {
    this.#checkMigrated()
    const id = this.#names.service(service)
    if (id === undefined) return
    const sql = 'SELECT key, at_ms FROM claims WHERE service = ? ORDER BY at_ms, key'
    const rows = this.#guard(() => this.#db.all<{ key: string; at_ms: number }>(sql, id))
    for (const { key, at_ms } of rows) yield { key: readable(key), atMs: at_ms }
  }

  async *verify(): AsyncGenerator<BadRow, void, undefined> {
    this.#checkMigrated()
    const rows = badRows(this.#db)
    for (;;) {
      const next = this.#guard(() => rows.next())
      if (next.done === true) return
      if (next.value !== undefined) yield next.value
      await setImmediate()
    }
  }

  async close(): Promise<void> {
    this.#db.close()
  }

  #checkMigrated(): void {
    const version = this.#db.pragma('user_version')
    if (version === MIGRATIONS.length) return
    throw new YardstickError(
      'YS_STORE_SCHEMA',
      `${this.#path} has tables of version ${version}, expected ${MIGRATIONS.length}: run "yardstick store migrate" first`,
    )
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (cause) {
      if (cause instanceof YardstickError) throw cause
      const { message } = cause as Error
      throw new YardstickError('YS_STORE_FAILED', `could not read ${this.#path}: ${message}`, { cause })
    }
  }
}

/** What is moved elsewhere must not lack anything without a word. */
const refuse: OnBad = (error) => {
  throw error
}
