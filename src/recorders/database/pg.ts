import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { PoolQueries, type Submitting } from './pg-pool.ts'
import { givenBy, query, rowsHit } from './queries.ts'

type Handler = (this: unknown, ...given: unknown[]) => unknown

/** What `client.query` takes: a text, a description, or a query of one's own (a cursor, a stream). */
type Described = object

/** What the client calls on a query: rows, a part of a cursor's rows, and one of these for its end. */
const EVENTS = ['handleDataRow', 'handlePortalSuspended'] as const
const ENDS = ['handleReadyForQuery', 'handleError'] as const

/**
 * Queries of `pg` from the call to the result, by promise, callback or event; a cursor or a stream until it is read
 * or closed. The binding to libpq (`pg.native`) is not watched.
 */
export function pg(): Recorder {
  const pool = new PoolQueries()
  return library({
    name: 'pg',
    versions: { pg: '>=8.0 <8.24', 'pg-pool': '>=3.1 <3.15' },
    files: {
      'pg/lib/client.js': (exports, instrument) => watchClient(exports, instrument, pool),
      'pg-pool/index.js': (exports, instrument) => pool.watch(exports, instrument),
    },
  })
}

function watchClient(
  Client: { readonly prototype: object; readonly Query?: Submitting },
  instrument: Instrument,
  pool: PoolQueries,
): void {
  const operationOf = (_self: unknown, given: readonly unknown[]) => {
    const [described] = given as readonly [Described | string | null | undefined]
    return described === null || described === undefined
      ? undefined
      : query(instrument.ledger, textOf(described))
  }
  instrument.replace(Client.prototype, 'query', (original) => {
    const ours = function query(this: unknown, ...given: unknown[]): unknown {
      if (pool.hands(this, given)) return pool.take(operationOf, original, this, given, instrument)
      const timing = instrument.start(operationOf, this, given)
      if (timing === undefined) return original.apply(this, given)
      const described = given[0] as Described
      if (typeof givenBy(described, 'submit') === 'function') {
        watchSubmitted(described, timing, instrument)
        return instrument.pass(timing, original, this, given)
      }
      const hitOf = instrument.safely(() => rowsHit(instrument.ledger, textOf(described)))
      const at = typeof given[2] === 'function' ? 2 : typeof given[1] === 'function' ? 1 : -1
      const callback = at === -1 ? givenBy(described, 'callback') : undefined
      if (at !== -1) given[at] = instrument.ending(timing, given[at] as never, hitOf)
      else if (typeof callback === 'function') {
        // A description may be used again: what is changed is one derived from it.
        const value = instrument.ending(timing, callback as never, hitOf)
        given[0] = Object.create(described, { callback: { value, writable: true } })
      } else return instrument.run(timing, original, this, given, hitOf)
      return instrument.pass(timing, original, this, given, hitOf)
    }
    pool.handTo(ours, original, Client.Query)
    return ours
  })
}

function textOf(described: Described | string): unknown {
  if (typeof described === 'string') return described
  return givenBy(described, 'text') ?? givenBy(givenBy(described, 'cursor'), 'text')
}

/**
 * A query that the client is told to submit says itself when it is done. What it does then runs in the caller's
 * request; a listener for its errors would be one too many: Node.js throws those that nobody listens for.
 */
function watchSubmitted(submitted: Described, timing: Timing, instrument: Instrument): void {
  instrument.safely(() => {
    const target = submitted as Record<string, Handler>
    for (const name of [...EVENTS, ...ENDS]) {
      const original = target[name]
      if (typeof original !== 'function') continue
      const bound = instrument.bound(original as never)
      const ends = ENDS.includes(name as never)
      const value = function (this: unknown, ...given: unknown[]): unknown {
        if (ends) {
          if (name === 'handleError') timing.fail()
          timing.end()
        }
        return bound.apply(this, given)
      }
      Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false })
    }
  })
}
