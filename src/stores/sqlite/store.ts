import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Batch, Span, Store, StoredEvent, StoredSpan } from '../../engine/store.ts'
import { YardstickError } from '../../ground/errors.ts'
import { packSlices } from '../blob.ts'
import type { StoreContext } from '../open.ts'
import { type Row, spansOf } from '../rows.ts'
import type { SqliteOptions } from '../sqlite.ts'
import { type Database, isCorrupt } from './database.ts'
import { type EventRow, eventsAfter } from './events.ts'
import { identityOf, moveAside, openFile, openNow } from './file.ts'
import { releaseLeases, takeLease } from './lease-row.ts'
import { Names } from './names.ts'
import { quarters } from './quarters.ts'
import { saveBatch } from './save.ts'
import { trimStep } from './trim.ts'
import { Upkeep } from './upkeep.ts'

const DEFAULT_PATH = '.yardstick/yardstick.db'
const MAX_BYTES = 256 * 2 ** 20
/** Upkeep steps in one save when it is far behind; the thread breathes between them. */
const MOST_STEPS = 32

interface OpenFile {
  readonly db: Database
  readonly names: Names
  readonly upkeep: Upkeep
  readonly identity: string | undefined
}

/** One process' handle of a SQLite file that others may have open too. See `sqlite()`. */
export class SqliteStore implements Store {
  readonly name = 'sqlite'
  readonly #path: string
  readonly #options: SqliteOptions
  readonly #context: StoreContext
  readonly #holder: string = randomUUID()
  readonly #told = new Set<string>()
  #file: OpenFile | undefined
  #closed = false

  static async open(options: SqliteOptions, context: StoreContext): Promise<SqliteStore> {
    const path = resolve(context.directory, options.path ?? DEFAULT_PATH)
    return new SqliteStore(path, await openFile(path, context), options, context)
  }

  private constructor(path: string, db: Database, options: SqliteOptions, context: StoreContext) {
    this.#path = path
    this.#options = options
    this.#context = context
    this.#file = this.#attached(db)
  }

  async save(batch: Batch): Promise<void> {
    const packed = packSlices(batch.slices)
    this.#work('save to', ({ db, names }) => saveBatch(db, names, batch, packed, this.#path))
    await this.#keepUp()
  }

  async *slices(service: string, span: Span): AsyncGenerator<StoredSpan, void, undefined> {
    const chunks = this.#work('read from', ({ db, names }) => {
      const id = names.service(service)
      return id === undefined ? [] : quarters(db, { service: id, span, onBad: this.#onBad })
    })
    for (const stored of spansOf(this.#reading(chunks), span)) {
      yield stored
      // A day is read in one go by an engine that has to answer meanwhile.
      await setImmediate()
    }
  }

  async *events(service: string, span: Span): AsyncGenerator<StoredEvent, void, undefined> {
    let last: EventRow | undefined
    for (;;) {
      const page = this.#work('read from', ({ db, names }) => {
        const id = names.service(service)
        return id === undefined ? [] : eventsAfter(db, id, span, last)
      })
      for (const row of page) yield { atMs: row.at_ms, kind: row.kind, data: JSON.parse(row.data) as unknown }
      if (page.length === 0) return
      last = page.at(-1)
    }
  }

  async lease(name: string, durationMs: number): Promise<bigint | undefined> {
    const nowMs = this.#context.clock.wallMs()
    return this.#work('lease from', ({ db }) =>
      takeLease(db, { name, holder: this.#holder, durationMs, nowMs }),
    )
  }

  async trim(beforeMs: number): Promise<void> {
    while (this.#work('trim', ({ db }) => trimStep(db, beforeMs))) await setImmediate()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const file = this.#file
    this.#file = undefined
    if (file === undefined) return
    try {
      releaseLeases(file.db, this.#holder)
    } catch {
      // They lapse by themselves.
    }
    file.db.close()
  }

  /** Runs a piece of work on the file; what cannot be done becomes a `YS_STORE_FAILED`. */
  #work<T>(what: string, work: (file: OpenFile) => T): T {
    if (this.#closed)
      throw new YardstickError('YS_STORE_CLOSED', `cannot ${what} ${this.#path}: it was closed`)
    try {
      return work(this.#reach())
    } catch (error) {
      if (!isCorrupt(error)) throw this.#failed(what, error)
      this.#replace(error as Error)
    }
    try {
      return work(this.#reach())
    } catch (error) {
      throw this.#failed(what, error)
    }
  }

  *#reading(chunks: Iterable<readonly Row[]>): Generator<readonly Row[]> {
    const iterator = chunks[Symbol.iterator]()
    for (;;) {
      let next: IteratorResult<readonly Row[]>
      try {
        next = iterator.next()
      } catch (error) {
        if (isCorrupt(error)) this.#replace(error as Error)
        throw this.#failed('read from', error)
      }
      if (next.done) return
      yield next.value
    }
  }

  async #keepUp(): Promise<void> {
    for (let step = 1; step <= MOST_STEPS && !this.#closed; step++) {
      if (this.#upkeepStep() <= step) return
      await setImmediate()
    }
  }

  /** The batch is saved by now: upkeep that fails must not make the caller save it again. */
  #upkeepStep(): number {
    try {
      return this.#reach().upkeep.step()
    } catch (error) {
      if (isCorrupt(error)) this.#replace(error as Error)
      else this.#tellOnce('upkeep', this.#failed('tidy up', error).message)
      return 0
    }
  }

  /** The open file; afresh when there is none, or when the path leads elsewhere (deleted, moved aside). */
  #reach(): OpenFile {
    if (this.#file !== undefined && identityOf(this.#path) !== this.#file.identity) {
      this.#drop()
      this.#context.logger.warn(
        `${this.#path} was deleted or replaced while in use; going on with what is there now`,
      )
    }
    this.#file ??= this.#attached(openNow(this.#path, this.#context))
    return this.#file
  }

  #replace(cause: Error): void {
    const identity = this.#file?.identity
    this.#drop()
    // Another process may have moved it aside by now; the fresh one must not follow it.
    if (identity === identityOf(this.#path)) moveAside(this.#path, this.#context, cause)
  }

  #drop(): void {
    const file = this.#file
    this.#file = undefined
    try {
      file?.db.close()
    } catch {
      // A damaged file may not even be closed properly; nothing of it is used again.
    }
  }

  #attached(db: Database): OpenFile {
    const names = new Names(db)
    const upkeep = new Upkeep(db, names, {
      holder: this.#holder,
      clock: this.#context.clock,
      keep: this.#options.keep ?? {},
      maxBytes: this.#options.maxBytes ?? MAX_BYTES,
      onBad: this.#onBad,
      onFull: (message) => this.#tellOnce('full', `${this.#path}: ${message}`),
    })
    return { db, names, upkeep, identity: identityOf(this.#path) }
  }

  readonly #onBad = (error: YardstickError): void => {
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

  #failed(what: string, cause: unknown): YardstickError {
    if (cause instanceof YardstickError) return cause
    return new YardstickError(
      'YS_STORE_FAILED',
      `could not ${what} ${this.#path}: ${(cause as Error).message}`,
      { cause },
    )
  }
}
