import { randomUUID } from 'node:crypto'
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
import { packPresence } from '../presence.ts'
import { rowPages } from '../row-pages.ts'
import type { StoreContext } from '../spec.ts'
import type { OnBad } from '../sum.ts'
import { writable } from '../written.ts'
import { appendEvents, ask, asked, insertClaim, publishedSnapshot, publishSnapshot } from './board.ts'
import { cureOf } from './cure.ts'
import type { Database, Transaction } from './database.ts'
import { type EventRow, eventOf, eventsAfter } from './events.ts'
import { isWithoutTables, messageOf } from './failure.ts'
import { FLUSH_MS, flushOf, newFlushes } from './flushes.ts'
import { heldOf } from './held.ts'
import { releaseLeases, takeLease } from './lease-row.ts'
import { checkVersion, isNewer, migrate } from './migrate.ts'
import { databaseOf, openError } from './opened.ts'
import type { PostgresOptions } from './options.ts'
import { saveBatch } from './save.ts'
import { storedSpans } from './spans.ts'
import { StoreTime } from './time.ts'
import { trimStep } from './trim.ts'
import { Upkeep } from './upkeep.ts'

/** Between the time that a row bears and its commit lie a statement, a pause and the commit at most; and a bit more. */
const LOOK_BACK_STATEMENTS = 3

/** One process' handle of a PostgreSQL database that all replicas share. See `postgres()`. */
export class PostgresStore implements Store {
  readonly name = 'postgres'
  readonly shared = true
  readonly flushMs: number = FLUSH_MS
  readonly #db: Database
  readonly #context: StoreContext
  readonly #time: StoreTime
  readonly #holder: string = randomUUID()
  readonly #upkeep: Upkeep
  readonly #told = new Set<string>()
  #ready: Promise<void> | undefined
  /** Whether people were told that it could not be reached at the start. */
  #late = false
  /** Of the tables, as of the last save. */
  #version = 0

  static async open(options: PostgresOptions, context: StoreContext): Promise<PostgresStore> {
    const store = new PostgresStore(await databaseOf(options), options, context)
    try {
      await store.#reach()
    } catch (error) {
      const lasting = openError(store.#db, error)
      if (lasting !== undefined) {
        await store.close()
        throw lasting
      }
      const { place } = store.#db
      const cause = (error as Error).cause ?? error
      // Figures wait in the queue until it can be reached; in memory they would never get there.
      store.#late = true
      context.logger.warn(
        `${place} cannot be reached for now (${messageOf(cause)}); trying again; ${cureOf(cause)}`,
      )
    }
    return store
  }

  private constructor(db: Database, options: PostgresOptions, context: StoreContext) {
    this.#db = db
    this.#context = context
    this.#time = new StoreTime(context.clock)
    this.#upkeep = new Upkeep(this.#db, {
      holder: this.#holder,
      time: this.#time,
      keep: options.keep ?? {},
      onBad: this.#onBad,
    })
  }

  async save(batch: Batch): Promise<void> {
    const packed = { batch, slices: packSlices(batch.slices), presence: packPresence(batch.presence) }
    const { version, nowMs } = await this.#work('save to', (tx) => saveBatch(tx, packed, this.#time.given))
    this.#version = version
    checkVersion(version, this.#db.place)
    this.#time.heard(nowMs)
    await this.#keepUp()
  }

  async *slices(service: string, span: Span, taken?: Taken): AsyncGenerator<StoredSpan, void, undefined> {
    await this.#reach()
    const written = taken && this.#written(taken)
    yield* storedSpans(this.#db, service, { span, taken: written, onBad: this.#onBad })
  }

  async *events(
    service: string,
    span: Span,
    wanted: WantedEvents = {},
  ): AsyncGenerator<StoredEvent, void, undefined> {
    const pages = rowPages<EventRow>((last) =>
      this.#work('read from', (tx) => eventsAfter(tx, { service, span, wanted }, last)),
    )
    for await (const page of pages) yield* page.map(eventOf)
  }

  async *flushes(service: string, taken: Taken): AsyncGenerator<StoredFlush, void, undefined> {
    const { known, sinceMs } = this.#written(taken)
    const mine = new Map(known)
    for (;;) {
      const query = { service, known: mine, sinceMs, nowMs: this.#time.nowMs }
      const { rows, more } = await this.#work('read from', (tx) => newFlushes(tx, query))
      for (const row of rows) {
        mine.set(row.instance, Number(row.flush))
        yield flushOf(row, this.#onBad)
      }
      if (!more) return
    }
  }

  /** A statement costs the database as much as the look that it would save. */
  async revision(): Promise<undefined> {
    return undefined
  }

  async lease(name: string, durationMs: number): Promise<bigint | undefined> {
    // The version that saves is the one that judges what was saved.
    if (isNewer(this.#version)) return undefined
    return this.#work('take a lease in', (tx) =>
      takeLease(tx, { name, holder: this.#holder, durationMs, givenMs: this.#time.given }),
    )
  }

  release(name: string): Promise<void> {
    return this.#work('give back a lease in', (tx) => releaseLeases(tx, this.#holder, name))
  }

  publish(service: string, snapshot: PublishedSnapshot): Promise<boolean> {
    return this.#work('publish in', (tx) => publishSnapshot(tx, service, snapshot))
  }

  published(service: string): Promise<PublishedSnapshot | undefined> {
    return this.#work('read from', (tx) => publishedSnapshot(tx, service))
  }

  ask(service: string, untilMs: number): Promise<void> {
    return this.#work('ask in', (tx) => ask(tx, service, untilMs))
  }

  asked(service: string): Promise<number> {
    return this.#work('read from', (tx) => asked(tx, service))
  }

  append(service: string, events: readonly StoredEvent[], token?: bigint): Promise<boolean> {
    return this.#work('append to', (tx) => appendEvents(tx, service, { events, token }))
  }

  claim(service: string, key: string, atMs: number): Promise<boolean> {
    return this.#work('claim in', (tx) => insertClaim(tx, service, { key, atMs }))
  }

  held(service: string): Promise<readonly Held[]> {
    return this.#work('read from', (tx) => heldOf(tx, service))
  }

  async trim(beforeMs: number): Promise<void> {
    while (await this.#work('trim', (tx) => trimStep(tx, beforeMs)));
  }

  async close(): Promise<void> {
    if (this.#db.closed) return
    try {
      if (this.#ready !== undefined) {
        await this.#db.transaction('give back leases in', (tx) => releaseLeases(tx, this.#holder))
      }
    } catch {
      // One that is out of reach is left as it is; the leases lapse by themselves.
    }
    await this.#db.close()
  }

  /** As the tables have it: names as written, and the database's time, so far back that no late commit is missed. */
  #written({ known, sinceMs }: Taken): Taken {
    return {
      known: new Map([...known].map(([instance, flush]) => [writable(instance), flush])),
      sinceMs: this.#time.of(sinceMs) - LOOK_BACK_STATEMENTS * this.#db.timeoutMs,
    }
  }

  async #work<T>(what: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    await this.#reach()
    try {
      return await this.#db.transaction(what, work)
    } catch (error) {
      // Somebody dropped the tables, or the database is another one by now: they are made again at the next use.
      if (isWithoutTables(error)) this.#ready = undefined
      throw error
    }
  }

  /** Once the tables are known to be up to date; tried again at the next use when that fails. */
  async #reach(): Promise<void> {
    this.#ready ??= migrate(this.#db).catch((error: unknown) => {
      this.#ready = undefined
      throw error
    })
    await this.#ready
    if (this.#late) this.#context.logger.info(`${this.#db.place} can be reached now`)
    this.#late = false
  }

  /** The batch is saved by now: upkeep that fails must not make the caller save it again. */
  async #keepUp(): Promise<void> {
    try {
      await this.#upkeep.run()
    } catch (error) {
      if (!this.#db.closed) this.#tellOnce('upkeep', messageOf(error))
    }
  }

  readonly #onBad: OnBad = (error) => {
    this.#tellOnce(
      'bad',
      `${this.#db.place} holds rows that cannot be read; they are left out. First: ${error.message}`,
    )
  }

  #tellOnce(about: string, message: string): void {
    if (this.#told.has(about)) return
    this.#told.add(about)
    this.#context.logger.warn(message)
  }
}
