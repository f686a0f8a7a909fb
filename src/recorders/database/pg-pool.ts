import type { EventEmitter } from 'node:events'
import { OwnPromise } from '../../ground/promise.ts'
import type { Operation, Timing } from '../../measure/operation.ts'
import type { Scope } from '../../measure/scope.ts'
import type { AnyFunction, Instrument, OperationOf } from '../libraries/instrument.ts'
import { wait } from './queries.ts'

interface Pool extends EventEmitter {
  readonly connect: unknown
  readonly log?: unknown
  readonly Promise?: unknown
}

/** What a client makes of what it is asked, and has sent by its `submit`. */
export interface Submitting {
  readonly prototype: { readonly submit: unknown }
}

/** What a query is described by where it is not a text; one that brings a `submit` is a query of its own. */
interface Described {
  readonly submit?: unknown
  readonly values?: unknown
}

/** The log of a pool that was given none; each pool has a function of its own. */
const NO_LOG = /^function ?\(\) ?\{\s*\}$/

/**
 * Hot. Watches a pool: waiting for a connection is apart from the query, in the component `database_wait`.
 *
 * Most queries are given to the pool itself, with plain values, and answered by a promise. The callbacks with which the pool
 * then asks for a connection and for the result run nothing of the application's, so they need not run in its request; to
 * enter that takes 0.9 µs, twice a query. The wait is handed on to the client's query instead, which ends it and belongs to
 * its request. Where the application may be called in between (listeners, a log, a `toJSON`, somebody's wrapper), the
 * request is entered.
 */
export class PoolQueries {
  /** A client's `query` that takes what is handed on. */
  #taker: unknown
  #Query: Submitting | undefined
  #submit: unknown
  /** The pool that is about to ask for a connection for a query of its own. */
  #asking: unknown
  /** The client that is about to be given such a query, and the wait for it. */
  #client: unknown
  #waited: Timing | undefined
  /** Whether the log of a pool does nothing, by log: its text is looked at once. */
  readonly #silent = new WeakMap<object, boolean>()

  watch(Pool: { readonly prototype: object }, instrument: Instrument): void {
    const { ledger } = instrument
    let waiting: Operation | undefined
    const waitOf = (): Operation => {
      waiting ??= wait(ledger, 'pg')
      return waiting
    }
    const queries = this
    instrument.replace(Pool.prototype, 'connect', (original) => {
      return function connect(this: Pool, ...given: unknown[]): unknown {
        const isOwn = queries.#asking === this && this.connect === connect && typeof given[0] === 'function'
        queries.#asking = undefined
        const scope = ledger.scopes.getStore()
        const timing = instrument.start(waitOf, this, given, scope)
        if (timing === undefined) return original.apply(this, given)
        if (!isOwn) return instrument.call(timing, original, this, given)
        given[0] = queries.#handing(this, timing, given[0] as AnyFunction, instrument, scope)
        return instrument.pass(timing, original, this, given)
      } as typeof original
    })
    instrument.replace(Pool.prototype, 'query', (original) => {
      const isLibrarys = isMethod(original)
      return function query(this: Pool, ...given: unknown[]): unknown {
        // Of a table that is a cache it depends on what its request is at.
        queries.#asking = isLibrarys && !ledger.layers.hasTables && isPlain(given) ? this : undefined
        try {
          return original.apply(this, given)
        } finally {
          queries.#asking = undefined
        }
      } as typeof original
    })
  }

  /**
   * From now on waits are handed on to this `query` of clients.
   *
   * @param taker what is put in the place of `original`; before all else it asks `hands`
   * @param original where it is somebody else's, who may ask for the request, nothing is handed on
   */
  handTo(taker: unknown, original: AnyFunction, Query: Submitting | undefined): void {
    this.#Query = Query
    this.#submit = Query?.prototype.submit
    if (isMethod(original)) this.#taker = taker
  }

  /** Whether a client's query comes from a pool that hands its wait on: then `take` is to be called. */
  hands(client: unknown, given: readonly unknown[]): boolean {
    return this.#waited !== undefined && client === this.#client && typeof given[2] === 'function'
  }

  /** Calls a client's query in the place of the wait that is handed on, as a part of its request. */
  take<T>(
    operationOf: OperationOf<T>,
    original: AnyFunction,
    client: T,
    given: unknown[],
    instrument: Instrument,
  ): unknown {
    const waited = this.#waited!
    this.#client = undefined
    this.#waited = undefined
    const timing = instrument.startAfter(waited, operationOf, client, given)
    if (timing === undefined) return original.apply(client, given)
    const callback = given[2] as AnyFunction
    given[2] = function (this: unknown, ...answer: unknown[]): unknown {
      instrument.called(timing, answer)
      return callback.apply(this, answer)
    }
    return instrument.pass(timing, original, client, given)
  }

  #handing(
    pool: Pool,
    timing: Timing,
    callback: AnyFunction,
    instrument: Instrument,
    scope: Scope | undefined,
  ): AnyFunction {
    const queries = this
    const { scopes } = instrument.ledger
    return function (this: unknown, ...given: unknown[]): unknown {
      const client = given[1] as { readonly query?: unknown } | null | undefined
      // No connection, or somebody else is in between, who may do anything.
      if (
        given[0] ||
        client?.query !== queries.#taker ||
        queries.#taker === undefined ||
        queries.#Query?.prototype.submit !== queries.#submit ||
        !queries.#isQuiet(pool)
      ) {
        instrument.called(timing, given)
        if (scopes.getStore() === scope) return callback.apply(this, given)
        return scopes.run(scope, () => callback.apply(this, given))
      }
      queries.#client = client
      queries.#waited = timing
      try {
        return callback.apply(this, given)
      } finally {
        queries.#client = undefined
        queries.#waited = undefined
        timing.end()
      }
    } as AnyFunction
  }

  /**
   * Whether a pool calls nobody between the call and the answer: of promises of another kind it is not known what they
   * run when.
   */
  #isQuiet(pool: Pool): boolean {
    try {
      return (
        pool.Promise === OwnPromise &&
        this.#isSilent(pool.log) &&
        pool.listenerCount('acquire') === 0 &&
        pool.listenerCount('release') === 0
      )
    } catch {
      return false
    }
  }

  #isSilent(log: unknown): boolean {
    if (typeof log !== 'function') return false
    const known = this.#silent.get(log)
    if (known !== undefined) return known
    const isSilent = NO_LOG.test(Function.prototype.toString.call(log))
    this.#silent.set(log, isSilent)
    return isSilent
  }
}

/** The library's are methods of classes. What somebody puts in their place is a function, mostly, which could be constructed. */
function isMethod(original: AnyFunction): boolean {
  return !Object.hasOwn(original, 'prototype')
}

/** Whether a query is of the pool's own making, of values without methods, and to be answered by a promise. */
function isPlain(given: readonly unknown[]): boolean {
  const [asked, values, callback] = given as readonly [
    string | Described | null | undefined,
    unknown,
    unknown,
  ]
  if (typeof values === 'function' || typeof callback === 'function') return false
  try {
    if (typeof asked === 'string') return arePlain(values)
    return typeof asked === 'object' && asked !== null && typeof asked.submit !== 'function'
      ? arePlain(values ?? asked.values)
      : false
  } catch {
    // A getter or a proxy of the application's throws: it is to throw where it did.
    return false
  }
}

function arePlain(values: unknown): boolean {
  if (values === undefined || values === null) return true
  if (!Array.isArray(values)) return false
  for (let i = 0; i < values.length; i++) {
    const value: unknown = values[i]
    if (typeof value === 'function' || (typeof value === 'object' && value !== null)) return false
  }
  return true
}
