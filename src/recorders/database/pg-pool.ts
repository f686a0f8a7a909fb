import type { EventEmitter } from 'node:events'
import type { Operation, Timing } from '../../measure/operation.ts'
import type { Scope } from '../../measure/scope.ts'
import type { AnyFunction, Instrument, OperationOf } from '../libraries/instrument.ts'
import { wait } from './queries.ts'

interface Pool extends EventEmitter {
  readonly connect: unknown
  readonly options?: { readonly log?: unknown }
  readonly Promise?: unknown
}

/** Node's own, whatever the application has put in its place: of another kind it is not known what it runs when. */
const OWN_PROMISE = (async () => {})().constructor

/**
 * Hot. Watches a pool: waiting for a connection is apart from the query, in the component `database_wait`.
 *
 * Most queries are given to the pool itself, and answered by a promise. The callbacks with which the pool then asks for a
 * connection and for the result run nothing of the application's, so they need not run in its request; to enter that
 * takes 0.9 µs, twice a query. The request is handed on to the client's query instead.
 */
export class PoolQueries {
  /** A client's `query` that takes what is handed on. */
  #taker: unknown
  /** A pool is about to ask for a connection for a query of its own. */
  #asks = false
  /** The client that is about to be given such a query, and the request that it is of. */
  #client: unknown
  #scope: Scope | undefined

  watch(Pool: { readonly prototype: object }, instrument: Instrument): void {
    const { ledger } = instrument
    const waitOf = (): Operation => wait(ledger, 'pg')
    const queries = this
    instrument.replace(Pool.prototype, 'connect', (original) => {
      return function connect(this: Pool, ...given: unknown[]): unknown {
        const hands = queries.#asks && this.connect === connect
        queries.#asks = false
        const timing = instrument.start(waitOf, this, given)
        if (timing === undefined) return original.apply(this, given)
        if (!hands) return instrument.call(timing, original, this, given)
        given[0] = queries.#handing(timing, given[0] as AnyFunction, instrument)
        return instrument.pass(timing, original, this, given)
      } as typeof original
    })
    instrument.replace(Pool.prototype, 'query', (original) => {
      return function query(this: Pool, ...given: unknown[]): unknown {
        // Of a table that is a cache it depends on what its request is at.
        queries.#asks = !ledger.layers.hasTables && runsNothingElse(this) && isPlain(given)
        try {
          return original.apply(this, given)
        } finally {
          queries.#asks = false
        }
      } as typeof original
    })
  }

  /**
   * @param taker what is put in the place of `original`; before all else it asks `handsTo`
   * @param original a client's `query`; where that is somebody else's, who may ask for the request, nothing is handed on
   */
  isTakenBy(taker: unknown, original: AnyFunction): void {
    // The library's is a method of a class. What is put in its place is a function, which could be constructed.
    if (!Object.hasOwn(original, 'prototype')) this.#taker = taker
  }

  /** Whether a client's query comes from a pool that hands its request on: then `take` is to be called. */
  handsTo(client: unknown): boolean {
    return this.#client === client && client !== undefined
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
    const timing = instrument.startIn(this.#scope, operationOf, client, given)
    if (timing === undefined) return original.apply(client, given)
    const callback = given[2] as AnyFunction
    given[2] = function (this: unknown, ...answer: unknown[]): unknown {
      instrument.called(timing, answer)
      return callback.apply(this, answer)
    }
    return instrument.pass(timing, original, client, given)
  }

  #handing(timing: Timing, callback: AnyFunction, instrument: Instrument): AnyFunction {
    const queries = this
    const { scopes } = instrument.ledger
    const scope = scopes.getStore()
    return function (this: unknown, ...given: unknown[]): unknown {
      instrument.called(timing, given)
      const client = given[1] as { readonly query?: unknown } | undefined
      // Somebody else is in between, who may do anything.
      if (client?.query !== queries.#taker) return scopes.run(scope, () => callback.apply(this, given))
      queries.#client = client
      queries.#scope = scope
      try {
        return callback.apply(this, given)
      } finally {
        queries.#client = undefined
        queries.#scope = undefined
      }
    } as AnyFunction
  }
}

/** Whether a pool calls nobody between the call and the answer. */
function runsNothingElse(pool: Pool): boolean {
  return (
    pool.Promise === OWN_PROMISE && pool.options?.log === undefined && pool.listenerCount('release') === 0
  )
}

/** Whether a query is of the pool's own making, to be answered by a promise. */
function isPlain(given: readonly unknown[]): boolean {
  const [asked, values, callback] = given as readonly [
    string | { readonly submit?: unknown } | null | undefined,
    unknown,
    unknown,
  ]
  if (typeof values === 'function' || typeof callback === 'function') return false
  return typeof asked === 'string' || (typeof asked === 'object' && typeof asked?.submit !== 'function')
}
