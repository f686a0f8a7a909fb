import type { Operation, Timing } from '../../measure/operation.ts'
import type { Scope } from '../../measure/scope.ts'
import type { AnyFunction, Instrument, OperationOf } from '../libraries/instrument.ts'
import { wait } from './queries.ts'

/** What a pool is asked. */
type Asked = string | { readonly submit?: unknown } | null | undefined

interface Pool {
  readonly connect: unknown
  readonly Promise?: unknown
}

/** Node's own, whatever the application has put in its place: of another kind it is not known what it runs when. */
const OWN_PROMISE = (async () => {})().constructor

/**
 * Hot. Watches a pool: waiting for a connection is apart from the query, in the component `database_wait`.
 *
 * Most queries are given to the pool itself, and answered by a promise. The callbacks with which the pool then asks for a
 * connection and for the result run nothing of the application's, so they need not run in its request; to enter that
 * takes 0.9 µs, twice a query. The pool hands the request on to the client's query instead.
 */
export class PoolQueries {
  /** A client's `query` that takes what is handed on. */
  #taking: unknown
  #asks = false
  #hands = false
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
        queries.#asks = this.Promise === OWN_PROMISE && isPlain(given) && !ledger.layers.hasTables
        try {
          return original.apply(this, given)
        } finally {
          queries.#asks = false
        }
      } as typeof original
    })
  }

  /** @param query a client's, which asks `hands` first */
  takes(query: unknown): void {
    this.#taking = query
  }

  /** Whether a query comes from a pool that hands its request on: then `take` is to be called. */
  hands(): boolean {
    return this.#hands
  }

  /** Calls a client's query in the request that is handed on. */
  take<T>(
    operationOf: OperationOf<T>,
    original: AnyFunction,
    client: T,
    given: unknown[],
    instrument: Instrument,
  ): unknown {
    this.#hands = false
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
      if (client?.query !== queries.#taking) return scopes.run(scope, () => callback.apply(this, given))
      queries.#scope = scope
      queries.#hands = true
      try {
        return callback.apply(this, given)
      } finally {
        queries.#hands = false
        queries.#scope = undefined
      }
    } as AnyFunction
  }
}

/** A query of the pool's own making, to be answered by a promise. */
function isPlain(given: readonly unknown[]): boolean {
  const [asked, values, callback] = given as readonly [Asked, unknown, unknown]
  if (typeof values === 'function' || typeof callback === 'function') return false
  return typeof asked === 'string' || (typeof asked === 'object' && typeof asked?.submit !== 'function')
}
