import { YardstickError } from '../../ground/errors.ts'
import type { StoreContext } from '../spec.ts'
import { type Database, isBusy, isCorrupt, isPassing, isStuck } from './database.ts'
import { BUSY_MS, identityOf, logFilesOf, moveAside, openFile, openNow } from './file.ts'

/** How long a statement waits after one that waited in vain, and for how long that is so: the thread has more to do. */
const IMPATIENT_BUSY_MS = 50
const IMPATIENT_MS = 2_000
/** Nobody touches a file for so long on which one piece of work held the thread up for ten seconds. */
const STUCK_MS = 30_000

/** What is made anew with every opening of the file. */
export interface Opened {
  readonly db: Database
}

/**
 * The way to a file that may be damaged, deleted or moved aside by another process while it is in use: whoever works
 * on it gets one that is fit for use, and every failure as a `YS_STORE_FAILED`.
 */
export class Connection<T extends Opened> {
  readonly #path: string
  readonly #context: StoreContext
  readonly #attach: (db: Database) => T
  #opened: T | undefined
  #identity: string | undefined
  /** The files of its log, as long as they are those that it was opened with. */
  #logs: readonly { readonly path: string; readonly identity: string | undefined }[] = []
  #closed = false
  #busyMs = BUSY_MS
  #waitedInVainMs = Number.NEGATIVE_INFINITY
  #stuck: { readonly cause: Error; readonly untilMs: number } | undefined
  /** Whether people were told that the file could not be opened. */
  #late = false

  /** @param attach makes what belongs to one opening */
  constructor(path: string, context: StoreContext, attach: (db: Database) => T) {
    this.#path = path
    this.#context = context
    this.#attach = attach
  }

  /**
   * Opens the file with more patience than later, when nothing may wait. One that cannot be used for the moment is
   * tried again with each piece of work.
   */
  async open(): Promise<void> {
    try {
      this.#take(await openFile(this.#path, this.#context))
    } catch (error) {
      if (!(error instanceof YardstickError) || !isPassing(error.cause)) throw error
      this.#late = true
      this.#waitedInVain(error.cause as Error)
      this.#context.logger.warn(
        `${this.#path} cannot be used for the moment: ${(error.cause as Error).message}. It is tried again; until then ` +
          'what is measured is queued for it, and what is known from before is missing.',
      )
    }
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * Runs a piece of work; once more on a fresh file when the first one turns out to be damaged.
   *
   * @param what names the work in errors: `save to`
   * @throws YardstickError `YS_STORE_FAILED`, `YS_STORE_CLOSED`, or what the work throws of its own
   */
  work<R>(what: string, work: (opened: T) => R): R {
    try {
      return this.workOnce(what, work)
    } catch (error) {
      if (!(error instanceof YardstickError) || !isCorrupt(error.cause)) throw error
    }
    return this.workOnce(what, work)
  }

  /** As `work`, without a second try: for what has to be done on one and the same file. */
  workOnce<R>(what: string, work: (opened: T) => R): R {
    if (this.#closed) {
      throw new YardstickError('YS_STORE_CLOSED', `cannot ${what} ${this.#path}: it was closed`)
    }
    if (this.#isStuck) throw this.#failed(what, this.#stuck!.cause)
    try {
      return work(this.#reach())
    } catch (cause) {
      if (isBusy(cause) || isStuck(cause)) this.#waitedInVain(cause as Error)
      if (isCorrupt(cause)) this.#replace(cause as Error)
      throw cause instanceof YardstickError ? cause : this.#failed(what, cause as Error)
    }
  }

  /** @param last what is to be done before, if it can be */
  close(last: (opened: T) => void): void {
    if (this.#closed) return
    this.#closed = true
    try {
      if (this.#opened !== undefined && !this.#isStuck) last(this.#opened)
    } catch {
      // A file that is out of reach is left as it is.
    }
    this.#drop()
  }

  get #isStuck(): boolean {
    return this.#stuck !== undefined && this.#context.clock.monotonicMs() < this.#stuck.untilMs
  }

  #waitedInVain(cause: Error): void {
    const nowMs = this.#context.clock.monotonicMs()
    this.#waitedInVainMs = nowMs
    if (isStuck(cause)) this.#stuck = { cause, untilMs: nowMs + STUCK_MS }
  }

  #failed(what: string, cause: Error): YardstickError {
    return new YardstickError('YS_STORE_FAILED', `could not ${what} ${this.#path}: ${cause.message}`, {
      cause,
    })
  }

  /** The open file; afresh when there is none, or when the path leads elsewhere by now. */
  #reach(): T {
    if (this.#opened !== undefined && identityOf(this.#path) !== this.#identity) {
      this.#drop()
      this.#context.logger.warn(
        `${this.#path} was deleted or replaced while in use; going on with what is there now`,
      )
    }
    this.#warnOfLostLog()
    const impatient = this.#context.clock.monotonicMs() - this.#waitedInVainMs < IMPATIENT_MS
    const busyMs = impatient ? IMPATIENT_BUSY_MS : BUSY_MS
    if (this.#opened !== undefined && this.#busyMs !== busyMs) {
      this.#opened.db.exec(`PRAGMA busy_timeout = ${busyMs}`)
    }
    this.#busyMs = busyMs
    return this.#opened ?? this.#take(openNow(this.#path, this.#context, busyMs))
  }

  /**
   * Of a log that is deleted all who have it open go on together, and the last one to close writes it into the file.
   * Nothing better can be done from here: whoever left it for a new one would leave the others, whose end deletes the
   * new one, by its name.
   */
  #warnOfLostLog(): void {
    const lost = this.#logs.find(({ path, identity }) => identityOf(path) !== identity)
    if (lost === undefined) return
    this.#logs = []
    const isBegunAnew = identityOf(lost.path) !== undefined
    this.#context.logger.warn(
      `${lost.path} was ${isBegunAnew ? 'replaced' : 'deleted'} while in use. Stop all processes that use it, then start them again: ` +
        (isBegunAnew
          ? 'one that was started since does not see what these save, some of it will be lost, and the file may be damaged.'
          : 'nothing is lost then. One that is started before does not see what these save, and may damage the file.'),
    )
  }

  #take(db: Database): T {
    this.#identity = identityOf(this.#path)
    this.#logs = logFilesOf(this.#path).map((path) => ({ path, identity: identityOf(path) }))
    this.#opened = this.#attach(db)
    if (this.#late) this.#context.logger.info(`${this.#path} can be used now`)
    this.#late = false
    return this.#opened
  }

  #replace(cause: Error): void {
    this.#drop()
    // Another process may have moved it aside by now; the fresh one must not follow it.
    if (this.#identity === identityOf(this.#path)) moveAside(this.#path, this.#context, cause)
  }

  #drop(): void {
    const opened = this.#opened
    this.#opened = undefined
    this.#logs = []
    try {
      opened?.db.close()
    } catch {
      // A damaged file may not even be closed properly; nothing of it is used again.
    }
  }
}
