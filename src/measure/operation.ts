import type { AsyncLocalStorage } from 'node:async_hooks'
import { isPromise, OwnPromise } from '../ground/promise.ts'
import type { Scope } from './scope.ts'
import { beginPart, endPart, holdsPart, NO_ROW, useOf } from './scope-rows.ts'
import type { Tally } from './tally.ts'

/** What every operation of a thread shares. */
export interface Recording {
  /** The request that the caller runs in, if any. */
  readonly scopes: AsyncLocalStorage<Scope | undefined>
  /** Monotonic time in ms. */
  readonly now: () => number
}

/** Where an operation counts. */
export interface Places {
  /** Its tally unless it is nested; absent for one that always is, and where `open` gives it. */
  readonly totals?: Tally
  /** Gives its tally when it is first used; of one that is never nested. */
  readonly open?: () => Tally
  /** Gives the tally for runs that are nested; absent for one that never is. */
  readonly nested?: () => Tally
  /** Whether names without room count there, too. Default: `false` */
  readonly shared?: boolean
}

/**
 * Hot. One series as the application sees it: find it once, then time or record any number of operations. Nothing
 * here throws but what the timed function itself throws.
 */
export class Operation {
  readonly #recording: Recording
  readonly #part: number
  #totals: Tally | undefined
  readonly #open: (() => Tally) | undefined
  readonly #nested: (() => Tally) | undefined
  /**
   * Whether it is `(other)`: a name that was given it for want of room may have a series of its own later.
   *
   * @internal
   */
  readonly shared: boolean

  /**
   * @param part the component's number in scopes
   */
  constructor(recording: Recording, part: number, { totals, open, nested, shared = false }: Places) {
    this.#recording = recording
    this.#part = part
    this.#totals = totals
    this.#open = open
    this.#nested = nested
    this.shared = shared
  }

  /**
   * Runs `fn` and records how long it took, as failed if it throws or rejects. What it returns or throws is passed
   * on; a promise is followed (as a derived promise, so that an unhandled rejection stays one).
   *
   * @example
   * const lookup = ledger.operation('database', 'user_lookup')
   * const user = await lookup.track(() => db.users.find(id))
   */
  track<T>(fn: () => T): T {
    const row = this.#recording.scopes.getStore()?.row() ?? NO_ROW
    const use = useOf(row)
    // Before the clock is read: making the tally, and starting the engine, is no part of what is timed.
    const tally = this.#tallyIn(row, use)
    const startMs = this.#recording.now()
    if (row !== NO_ROW) this.#begin(row, use, startMs, tally)
    let result: T
    try {
      result = fn()
    } catch (error) {
      this.end(tally, row, use, startMs, true)
      throw error
    }
    if (isThenable(result)) return new Timing(this, tally, row, use, startMs).whenSettled(result) as T
    this.end(tally, row, use, startMs, false)
    return result
  }

  /**
   * Starts timing; the handle ends it. Prefer `track`, which cannot be forgotten and sees failures by itself.
   *
   * @example
   * using timing = operation.start()
   */
  start(): Timing {
    return this.startFor(this.#recording.scopes.getStore())
  }

  /**
   * The same where the request is known already: to find it takes a look-up.
   *
   * @internal
   */
  startFor(scope: Scope | undefined): Timing {
    const row = scope?.row() ?? NO_ROW
    return this.startIn(row, useOf(row))
  }

  /**
   * The same in another request than the caller's.
   *
   * @param atMs when it started. Default: now
   * @internal
   */
  startIn(row: number, use: number, atMs?: number): Timing {
    const tally = this.#tallyIn(row, use)
    const startMs = atMs ?? this.#recording.now()
    if (row !== NO_ROW) this.#begin(row, use, startMs, tally)
    return new Timing(this, tally, row, use, startMs)
  }

  /** Records an operation that was timed elsewhere and ended just now. */
  record(durationMs: number, failed = false, hit?: boolean): void {
    // Plain JavaScript may give a BigInt or a Symbol, with which the arithmetic further on would throw.
    const spentMs = typeof durationMs === 'number' ? durationMs : Number.NaN
    const scope = this.#recording.scopes.getStore()
    const row = scope?.row() ?? NO_ROW
    const tally = this.#tallyIn(row, useOf(row))
    if (scope !== undefined && spentMs >= 0 && spentMs < Number.POSITIVE_INFINITY) {
      scope.spent(this.#part, spentMs, this.#recording.now(), tally !== this.#totals)
    }
    if (hit === undefined) tally.record(spentMs, failed)
    else tally.recordRead(spentMs, failed, hit)
  }

  /**
   * @returns when it ended
   * @internal
   */
  end(tally: Tally, row: number, use: number, startMs: number, failed: boolean, hit?: boolean): number {
    const nowMs = this.#recording.now()
    if (row !== NO_ROW) endPart(row, use, this.#part, nowMs, this.#nested === undefined)
    if (hit === undefined) tally.record(nowMs - startMs, failed)
    else tally.recordRead(nowMs - startMs, failed, hit)
    return nowMs
  }

  #tallyIn(row: number, use: number): Tally {
    const totals = this.#totals
    const nested = this.#nested
    if (nested === undefined) return totals ?? this.#opened()
    if (totals === undefined || holdsPart(row, use, this.#part)) return nested()
    return totals
  }

  #begin(row: number, use: number, startMs: number, tally: Tally): void {
    beginPart(row, use, this.#part, startMs, this.#nested === undefined, tally !== this.#totals)
  }

  #opened(): Tally {
    this.#totals = this.#open!()
    return this.#totals
  }
}

/**
 * An operation under way. Disposing of it (`using`) or calling `end()` records it once; the first call counts.
 * Without `fail` it counts as ok.
 */
export class Timing implements Disposable {
  readonly #operation: Operation
  readonly #tally: Tally
  // Not its scope: see `giveBack` in scope-rows.ts.
  readonly #row: number
  readonly #use: number
  readonly #startMs: number
  #failed = false
  #hit: boolean | undefined = undefined
  #ended = false

  constructor(operation: Operation, tally: Tally, row: number, use: number, startMs: number) {
    this.#operation = operation
    this.#tally = tally
    this.#row = row
    this.#use = use
    this.#startMs = startMs
  }

  /** Until its end. */
  get running(): boolean {
    return !this.#ended
  }

  /** For a cache read: whether it was a hit. */
  setHit(hit: boolean): void {
    this.#hit = hit
  }

  /** Marks the operation as failed; the error itself is not kept. */
  fail(_error?: unknown): void {
    this.#failed = true
  }

  /**
   * Marks it as failed. A lookup of a cache is a miss then, unless it has said that it hit: its caller got nothing.
   *
   * @internal
   */
  failed(isLookup: boolean): void {
    this.#failed = true
    if (isLookup) this.#hit ??= false
  }

  /**
   * Runs `fn` with this handle and ends with it, or with the promise that it returns.
   *
   * @param hitOf tells from the result whether a read hit, unless `setHit` was called
   */
  follow<T>(fn: (timing: Timing) => T, hitOf?: (result: unknown) => boolean): T {
    let result: T
    try {
      result = fn(this)
    } catch (error) {
      this.failed(hitOf !== undefined)
      this.end()
      throw error
    }
    if (isThenable(result)) return this.whenSettled(result, hitOf) as T
    if (hitOf !== undefined) this.#hit ??= !this.#failed && hitOf(result)
    this.end()
    return result
  }

  /**
   * Ends with a promise; gives one of the same value or error. Apart from `follow`, so that a cache read that gives its
   * value at once allocates no closures.
   *
   * @internal
   */
  whenSettled<T>(result: PromiseLike<T>, hitOf?: (result: unknown) => boolean): PromiseLike<T> {
    try {
      // A thenable of another kind (a query builder) is lazy: following it is what starts it.
      const promise = isPromise(result) ? (result as Promise<T>) : OwnPromise.resolve(result)
      return promise.then(
        (value) => {
          if (hitOf !== undefined) this.#hit ??= !this.#failed && hitOf(value)
          this.end()
          return value
        },
        (error: unknown) => {
          this.failed(hitOf !== undefined)
          this.end()
          throw error
        },
      )
    } catch {
      // A promise that cannot be followed: what awaits it finds out.
      this.#failed = true
      this.end()
      return result
    }
  }

  end(): void {
    if (!this.#ended) this.#end()
  }

  /**
   * Ends, and starts at the same instant what comes next in its request; `undefined` where it has ended before.
   *
   * @internal
   */
  next(operation: Operation): Timing | undefined {
    return this.#ended ? undefined : operation.startIn(this.#row, this.#use, this.#end())
  }

  [Symbol.dispose](): void {
    this.end()
  }

  #end(): number {
    this.#ended = true
    return this.#operation.end(this.#tally, this.#row, this.#use, this.#startMs, this.#failed, this.#hit)
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return (
      isPromise(value) ||
      (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function')
    )
  } catch {
    // A getter or a proxy of the application's that throws: the value is passed on as it is.
    return false
  }
}
