import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Batch, Span, Store, StoredEvent, StoredSpan } from '../../engine/store.ts'
import { packSlices } from '../blob.ts'
import { type Row, spansOf } from '../rows.ts'
import type { StoreContext } from '../spec.ts'
import type { OnBad } from '../sum.ts'
import { Connection, type Opened } from './connection.ts'
import type { Database } from './database.ts'
import { type EventRow, eventsAfter } from './events.ts'
import { releaseLeases, takeLease } from './lease-row.ts'
import { Names } from './names.ts'
import { DEFAULT_PATH, type SqliteOptions } from './options.ts'
import { quarters } from './quarters.ts'
import { saveBatch } from './save.ts'
import { trimStep } from './trim.ts'
import { Upkeep } from './upkeep.ts'

const MAX_BYTES = 256 * 2 ** 20
/** Upkeep steps in one save when it is far behind; the thread breathes between them. */
const MOST_STEPS = 32

interface OpenedStore extends Opened {
  readonly names: Names
  readonly upkeep: Upkeep
}

/** One process' handle of a SQLite file that others may have open too. See `sqlite()`. */
export class SqliteStore implements Store {
  readonly name = 'sqlite'
  readonly #path: string
  readonly #options: SqliteOptions
  readonly #context: StoreContext
  readonly #holder: string = randomUUID()
  readonly #connection: Connection<OpenedStore>
  readonly #told = new Set<string>()

  static async open(options: SqliteOptions, context: StoreContext): Promise<SqliteStore> {
    const store = new SqliteStore(options, context)
    await store.#connection.open()
    return store
  }

  private constructor(options: SqliteOptions, context: StoreContext) {
    this.#options = options
    this.#context = context
    this.#path = resolve(context.directory, options.path ?? DEFAULT_PATH)
    this.#connection = new Connection(this.#path, context, (db) => this.#attach(db))
  }

  async save(batch: Batch): Promise<void> {
    const packed = packSlices(batch.slices)
    this.#connection.work('save to', ({ db, names }) => saveBatch(db, names, batch, packed, this.#path))
    await this.#keepUp()
  }

  async *slices(service: string, span: Span): AsyncGenerator<StoredSpan, void, undefined> {
    const chunks = this.#connection.work('read from', ({ db, names }) => {
      const id = names.service(service)
      return id === undefined ? [] : quarters(db, { service: id, span, onBad: this.#onBad })
    })
    for (const stored of spansOf(this.#reading(chunks), span, this.#onBad)) {
      yield stored
      // A day is read in one go by an engine that has to answer meanwhile.
      await setImmediate()
    }
  }

  async *events(service: string, span: Span): AsyncGenerator<StoredEvent, void, undefined> {
    let last: EventRow | undefined
    for (;;) {
      const page = this.#connection.work('read from', ({ db, names }) => {
        const id = names.service(service)
        return id === undefined ? [] : eventsAfter(db, id, span, last)
      })
      for (const row of page) yield { atMs: row.at_ms, kind: row.kind, data: JSON.parse(row.data) as unknown }
      if (page.length === 0) return
      last = page.at(-1)
    }
  }

  async lease(name: string, durationMs: number): Promise<bigint | undefined> {
    const ask = { name, holder: this.#holder, durationMs, nowMs: this.#context.clock.wallMs() }
    return this.#connection.work('take a lease in', ({ db }) => takeLease(db, ask))
  }

  async trim(beforeMs: number): Promise<void> {
    while (this.#connection.work('trim', ({ db }) => trimStep(db, beforeMs))) await setImmediate()
  }

  async close(): Promise<void> {
    this.#connection.close(({ db }) => releaseLeases(db, this.#holder))
  }

  /** The rows of a reading that goes on while others work on the file; damage found by then ends it. */
  *#reading(chunks: Iterable<readonly Row[]>): Generator<readonly Row[]> {
    const iterator = chunks[Symbol.iterator]()
    for (;;) {
      const next = this.#connection.workOnce('read from', () => iterator.next())
      if (next.done) return
      yield next.value
    }
  }

  async #keepUp(): Promise<void> {
    for (let step = 1; step <= MOST_STEPS && !this.#connection.closed; step++) {
      if (this.#upkeepStep() <= step) return
      await setImmediate()
    }
  }

  /** The batch is saved by now: upkeep that fails must not make the caller save it again. */
  #upkeepStep(): number {
    try {
      return this.#connection.workOnce('tidy up', ({ upkeep }) => upkeep.step())
    } catch (error) {
      this.#tellOnce('upkeep', (error as Error).message)
      return 0
    }
  }

  #attach(db: Database): OpenedStore {
    const names = new Names(db)
    const upkeep = new Upkeep(db, names, {
      holder: this.#holder,
      clock: this.#context.clock,
      keep: this.#options.keep ?? {},
      maxBytes: this.#options.maxBytes ?? MAX_BYTES,
      onBad: this.#onBad,
      onFull: (message) => this.#tellOnce('full', `${this.#path}: ${message}`),
    })
    return { db, names, upkeep }
  }

  readonly #onBad: OnBad = (error) => {
    this.#tellOnce(
      'bad',
      `${this.#path} holds rows that cannot be read; they are left out. First: ${error.message}`,
    )
  }

  #tellOnce(about: string, message: string): void {
    if (this.#told.has(about)) return
    this.#told.add(about)
    this.#context.logger.warn(message)
  }
}
