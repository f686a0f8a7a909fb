import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type {
  Batch,
  Held,
  PublishedSnapshot,
  Span,
  Store,
  StoredEvent,
  StoredFlush,
  StoredSpan,
  Taken,
  WantedEvents,
} from '../../engine/store.ts'
import { packSlices } from '../blob.ts'
import { isNobody, packPresence } from '../presence.ts'
import { rowPages } from '../row-pages.ts'
import { spansOf } from '../rows.ts'
import type { StoreContext } from '../spec.ts'
import type { OnBad } from '../sum.ts'
import { asked, ask as askFor, passesFence, published, publishSnapshot } from './board.ts'
import { Connection, type Opened } from './connection.ts'
import type { Database } from './database.ts'
import { type EventRow, eventOf, eventsAfter, insertClaim, insertEvents } from './events.ts'
import { heldOf } from './held.ts'
import { releaseLease, releaseLeases, takeLease } from './lease-row.ts'
import { Names } from './names.ts'
import { newFlushes } from './new-flushes.ts'
import { DEFAULT_PATH, type SqliteOptions } from './options.ts'
import { quarters } from './quarters.ts'
import { saveBatch } from './save.ts'
import { checkVersion, isNewer } from './schema.ts'
import { shrinkStep, trimStep } from './trim.ts'
import { Upkeep } from './upkeep.ts'

const MAX_BYTES = 256 * 2 ** 20
/** Upkeep steps in one save when it is far behind; the thread breathes between them. */
const MOST_STEPS = 100

interface OpenedStore extends Opened {
  readonly names: Names
  readonly upkeep: Upkeep
}

/** One process' handle of a SQLite file that others may have open too. See `sqlite()`. */
export class SqliteStore implements Store {
  readonly name = 'sqlite'
  readonly shared = true
  readonly flushMs = 1_000
  readonly #path: string
  readonly #options: SqliteOptions
  readonly #context: StoreContext
  readonly #holder: string = randomUUID()
  readonly #connection: Connection<OpenedStore>
  readonly #told = new Set<string>()
  /** How often the file was opened, and events were written to it from here: SQLite's own number is of other connections. */
  #opened = 0
  #appended = 0

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
    const packed = {
      batch,
      slices: packSlices(batch.slices),
      presence: isNobody(batch.presence) ? undefined : packPresence(batch.presence),
      nowMs: this.#context.clock.wallMs(),
    }
    if (batch.events.length > 0) this.#appended++
    this.#write('save to', ({ db, names, upkeep }) => {
      saveBatch(db, names, packed)
      // What nobody saves now, an import, need not rest before it is folded.
      if (packed.presence === undefined) upkeep.wake()
    })
    await this.#keepUp()
  }

  async *slices(service: string, span: Span, taken?: Taken): AsyncGenerator<StoredSpan, void, undefined> {
    const chunks = this.#connection.work('read from', ({ db, names }) => {
      const id = names.service(service)
      return id === undefined ? [] : quarters(db, { service: id, span, taken, onBad: this.#onBad })
    })
    for (const stored of spansOf(this.#reading(chunks), span, this.#onBad)) {
      yield stored
      // A day is read in one go by an engine that has to answer meanwhile.
      await setImmediate()
    }
  }

  async *events(
    service: string,
    span: Span,
    wanted: WantedEvents = {},
  ): AsyncGenerator<StoredEvent, void, undefined> {
    const pages = rowPages<EventRow>((last) =>
      this.#connection.work('read from', ({ db, names }) => {
        const id = names.service(service)
        return id === undefined ? [] : eventsAfter(db, { service: id, span, wanted }, last)
      }),
    )
    for await (const page of pages) {
      yield* page.map(eventOf)
      await setImmediate()
    }
  }

  async *flushes(service: string, taken: Taken): AsyncGenerator<StoredFlush, void, undefined> {
    const pages = this.#connection.work('read from', ({ db, names }) => {
      const id = names.service(service)
      return id === undefined ? [] : newFlushes(db, { service: id, taken, onBad: this.#onBad })
    })
    for (const page of this.#reading(pages)) {
      yield* page
      await setImmediate()
    }
  }

  async revision(): Promise<string> {
    return this.#connection.work(
      'read from',
      ({ db }) => `${this.#opened} ${this.#appended} ${db.pragma('data_version')}`,
    )
  }

  async lease(name: string, durationMs: number): Promise<bigint | undefined> {
    const ask = { name, holder: this.#holder, durationMs, nowMs: this.#context.clock.wallMs() }
    return this.#connection.work('take a lease in', ({ db }) =>
      // The version that saves is the one that judges what was saved.
      isNewer(db.pragma('user_version')) ? undefined : takeLease(db, ask),
    )
  }

  async release(name: string): Promise<void> {
    this.#connection.work('give back a lease in', ({ db }) => releaseLease(db, name, this.#holder))
  }

  async publish(service: string, snapshot: PublishedSnapshot): Promise<boolean> {
    return this.#write('publish in', ({ db, names }) =>
      publishSnapshot(db, names.addService(service), snapshot),
    )
  }

  async published(service: string): Promise<PublishedSnapshot | undefined> {
    return this.#connection.work('read from', ({ db, names }) => {
      const id = names.service(service)
      return id === undefined ? undefined : published(db, id)
    })
  }

  async ask(service: string, untilMs: number): Promise<void> {
    this.#write('ask in', ({ db, names }) => askFor(db, names.addService(service), untilMs))
  }

  async asked(service: string): Promise<number> {
    return this.#connection.work('read from', ({ db, names }) => {
      const id = names.service(service)
      return id === undefined ? 0 : asked(db, id)
    })
  }

  async append(service: string, events: readonly StoredEvent[], token?: bigint): Promise<boolean> {
    this.#appended++
    return this.#write('append to', ({ db, names }) => {
      const id = names.addService(service)
      if (token !== undefined && !passesFence(db, id, token)) return false
      insertEvents(db, id, events)
      return true
    })
  }

  async claim(service: string, key: string, atMs: number): Promise<boolean> {
    return this.#write('claim in', ({ db, names }) => insertClaim(db, names.addService(service), key, atMs))
  }

  async held(service: string): Promise<readonly Held[]> {
    return this.#connection.work('read from', ({ db, names }) => {
      const id = names.service(service)
      return id === undefined ? [] : heldOf(db, id)
    })
  }

  async trim(beforeMs: number): Promise<void> {
    while (this.#connection.work('trim', ({ db }) => trimStep(db, beforeMs))) await setImmediate()
    while (this.#connection.work('shrink', ({ db }) => shrinkStep(db))) await setImmediate()
  }

  async close(): Promise<void> {
    this.#connection.close(({ db }) => releaseLeases(db, this.#holder))
  }

  /**
   * One transaction on tables that are still of our version.
   *
   * @throws YardstickError `YS_STORE_SCHEMA` when a newer Yardstick changed them meanwhile
   */
  #write<T>(what: string, work: (opened: OpenedStore) => T): T {
    return this.#connection.work(what, (opened) =>
      opened.db.write(() => {
        checkVersion(opened.db.pragma('user_version'), this.#path)
        return work(opened)
      }),
    )
  }

  /** The rows of a reading that goes on while others work on the file; damage found by then ends it. */
  *#reading<T>(chunks: Iterable<T>): Generator<T> {
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
    this.#opened++
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
