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
 * enter that takes 0.9 µs, twice a query. The request is handed on to the client's query instead. Where the application
 * may be called in between (listeners, a log, a `toJSON`, somebody's wrapper), the request is entered.
 */
export class PoolQueries {
  /** A client's `query` that takes what is handed on. */
  #taker: unknown
  #Query: Submitting | undefined
  #submit: unknown
  /** What a pool is about to ask for a connection for: a query of its own. */
  #asked: unknown
  /** The client that is about to be given such a query, and the request that it is of. */
  #client: unknown
  #scope: Scope | undefined
  /** Whether the log of a pool does nothing, by log: its text is looked at once. */
  readonly #silent = new WeakMap<object, boolean>()

  watch(Pool: { readonly prototype: object }, instrument: Instrument): void {
    const { ledger } = instrument
    const waitOf = (): Operation => wait(ledger, 'pg')
    const queries = this
    instrument.replace(Pool.prototype, 'connect', (original) => {
      return function connect(this: Pool, ...given: unknown[]): unknown {
        const asked = this.connect === connect ? queries.#asked : undefined
        queries.#asked = undefined
        const timing = instrument.start(waitOf, this, given)
        if (timing === undefined) return original.apply(this, given)
        if (asked === undefined) return instrument.call(timing, original, this, given)
        given[0] = queries.#handing(this, asked, timing, given[0] as AnyFunction, instrument)
        return instrument.pass(timing, original, this, given)
      } as typeof original
    })
    instrument.replace(Pool.prototype, 'query', (original) => {
      return function query(this: Pool, ...given: unknown[]): unknown {
        // Of a table that is a cache it depends on what its request is at.
        if (!ledger.layers.hasTables && queries.#isQuiet(this) && isPlain(given)) queries.#asked = given[0]
        try {
          return original.apply(this, given)
        } finally {
          queries.#asked = undefined
        }
      } as typeof original
    })
  }

  /**
   * From now on requests are handed on to this `query` of clients.
   *
   * @param taker what is put in the place of `original`; before all else it asks `hands`
   * @param original where it is somebody else's, who may ask for the request, nothing is handed on
   */
  handTo(taker: unknown, original: AnyFunction, Query: Submitting | undefined): void {
    this.#Query = Query
    this.#submit = Query?.prototype.submit
    // The library's is a method of a class. What is put in its place is a function, which could be constructed.
    if (!Object.hasOwn(original, 'prototype')) this.#taker = taker
  }

  /** Whether a client's query comes from a pool that hands its request on: then `take` is to be called. */
  hands(client: unknown, given: readonly unknown[]): boolean {
    return client === this.#client && given[0] === this.#asked && typeof given[2] === 'function'
  }

  /** Calls a client's query as a part of the request that is handed on. */
  take<T>(
    operationOf: OperationOf<T>,
    original: AnyFunction,
    client: T,
    given: unknown[],
    instrument: Instrument,
  ): unknown {
    this.#client = undefined
    this.#asked = undefined
    const timing = instrument.startIn(this.#scope, operationOf, client, given)
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
    asked: unknown,
    timing: Timing,
    callback: AnyFunction,
    instrument: Instrument,
  ): AnyFunction {
    const queries = this
    const { scopes } = instrument.ledger
    const scope = scopes.getStore()
    return function (this: unknown, ...given: unknown[]): unknown {
      instrument.called(timing, given)
      const client = given[1] as { readonly query?: unknown } | undefined
      // Somebody else is in between, who may do anything.
      if (
        client?.query !== queries.#taker ||
        queries.#Query?.prototype.submit !== queries.#submit ||
        !queries.#isQuiet(pool)
      ) {
        return scopes.run(scope, () => callback.apply(this, given))
      }
      queries.#client = client
      queries.#asked = asked
      queries.#scope = scope
      try {
        return callback.apply(this, given)
      } finally {
        queries.#client = undefined
        queries.#asked = undefined
        queries.#scope = undefined
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
