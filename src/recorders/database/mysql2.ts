import { SafeSet } from '../../ground/safe-map.ts'
import type { Timing } from '../../measure/operation.ts'
import type { Detach, Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { traced } from '../libraries/traced.ts'
import { givenBy, query, rowsHit, wait } from './queries.ts'

type Handler = (this: unknown, ...given: unknown[]) => unknown

interface Class {
  readonly prototype: object
}

interface Connection {
  readonly addCommand: unknown
  /** In the place of `addCommand` once it is lost. */
  readonly _addCommandClosedState: unknown
}

/** Who is asked for a query. */
interface Caller {
  readonly sqlOf: (self: unknown, first: unknown) => unknown
  readonly connectionOf: (self: unknown) => Connection
  /** The first place among the arguments that a callback may have. */
  readonly firstCallback: number
}

interface Statement {
  readonly query: unknown
  readonly _connection: Connection
}

const OF_CONNECTION: Caller = {
  sqlOf: (_self, given) => textOf(given),
  connectionOf: (self) => self as Connection,
  firstCallback: 1,
}
const OF_STATEMENT: Caller = {
  sqlOf: (self) => (self as Statement).query,
  connectionOf: (self) => (self as Statement)._connection,
  firstCallback: 0,
}

/** A query under way, or what one is made of. */
interface Command {
  readonly sql?: unknown
  onResult?: Handler
  emit?: Handler
}

/**
 * Queries of `mysql2` by callback, promise or event, prepared ones too. Waiting for a connection of a pool is apart, in
 * the component `database_wait`.
 *
 * From 3.20 on the library publishes itself, but once somebody subscribes it listens for errors of queries by event, so
 * that those nobody handles no longer end the process. So its channels are left where a patch took: they are for
 * copies that are bundled.
 */
export function mysql2(): Recorder {
  let quiet: readonly Detach[] = []
  const taken =
    (patch: (exports: Class, instrument: Instrument) => void) =>
    (exports: Class, instrument: Instrument): void => {
      patch(exports, instrument)
      for (const each of quiet) each()
    }
  return library({
    name: 'mysql2',
    versions: { mysql2: '>=3.0 <3.25' },
    // Where the methods are depends on the version: what another file inherits is in place already.
    files: {
      'mysql2/lib/connection.js': taken(watchConnection),
      'mysql2/lib/base/connection.js': taken(watchConnection),
      'mysql2/lib/pool.js': taken(watchPool),
      'mysql2/lib/base/pool.js': taken(watchPool),
    },
    channel: {
      since: {},
      subscribe: (instrument) => {
        quiet = subscribe(instrument)
      },
    },
  })
}

function subscribe(instrument: Instrument): readonly Detach[] {
  const { ledger } = instrument
  const operationOf = (message: { readonly query: string }) => query(ledger, message.query)
  return [
    traced(instrument, 'mysql2:query', { operationOf }),
    traced(instrument, 'mysql2:execute', { operationOf }),
    traced(instrument, 'mysql2:pool:connect', { operationOf: () => wait(ledger, 'mysql2') }),
  ]
}

function watchPool(Pool: Class, instrument: Instrument): void {
  instrument.time(Pool.prototype, 'getConnection', () => wait(instrument.ledger, 'mysql2'))
}

function watchConnection(Connection: Class, instrument: Instrument): void {
  const watched = new WeakMap<object, SafeSet<Timing>>()
  for (const name of ['query', 'execute'])
    watchCalls(Connection.prototype, name, OF_CONNECTION, watched, instrument)
  // Statements are of a class that nobody exports: it is found with the first that is prepared.
  instrument.replace(Connection.prototype, 'prepare', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const called = given[1]
      if (typeof called === 'function') {
        const run = instrument.bound(called as never)
        given[1] = function (this: unknown, ...told: unknown[]): unknown {
          if (told[1]) {
            instrument.safely(() =>
              watchCalls(Object.getPrototypeOf(told[1]), 'execute', OF_STATEMENT, watched, instrument),
            )
          }
          return run.apply(this, told)
        }
      }
      return original.apply(this, given)
    } as typeof original
  })
  // A connection that is lost tells its callbacks, but queries without one nothing: their error becomes its own.
  instrument.replace(Connection.prototype, '_notifyError', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      instrument.safely(() => {
        for (const timing of watched.get(this as object) ?? []) fail(timing)
        watched.delete(this as object)
      })
      return original.apply(this, given)
    } as typeof original
  })
}

function watchCalls(
  prototype: object,
  name: string,
  { sqlOf, connectionOf, firstCallback }: Caller,
  watched: WeakMap<object, SafeSet<Timing>>,
  instrument: Instrument,
): void {
  const { ledger } = instrument
  const operationOf = (self: unknown, [first]: readonly unknown[]) => query(ledger, sqlOf(self, first))
  instrument.replace(prototype, name, (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const timing = instrument.start(operationOf, this, given)
      if (timing === undefined) return original.apply(this, given)
      const command = given[0] as Command
      const hitOf = instrument.safely(() => rowsHit(ledger, sqlOf(this, command)))
      const at = given.findLastIndex((each) => typeof each === 'function')
      const onResult = givenBy(command, 'onResult')
      if (at >= firstCallback) given[at] = instrument.ending(timing, given[at] as never, hitOf)
      // A pool makes the query before it has a connection for it.
      else if (typeof onResult === 'function') {
        command.onResult = instrument.ending(timing, onResult as never, hitOf) as never
      } else {
        const result = instrument.pass(timing, original, this, given)
        instrument.safely(() => watchEvents(result, timing, openOf(connectionOf(this), watched), instrument))
        return result
      }
      return instrument.pass(timing, original, this, given, hitOf)
    } as typeof original
  })
}

function openOf(
  connection: Connection,
  watched: WeakMap<object, SafeSet<Timing>>,
): SafeSet<Timing> | undefined {
  if (connection.addCommand === connection._addCommandClosedState) return undefined
  const open = watched.get(connection) ?? new SafeSet<Timing>()
  watched.set(connection, open)
  return open
}

function fail(timing: Timing): void {
  timing.fail()
  timing.end()
}

function textOf(given: unknown): unknown {
  return typeof given === 'string' ? given : givenBy(given, 'sql')
}

/**
 * A query without a callback tells by events; to listen for its errors would keep Node.js from throwing them.
 *
 * @param open those of its connection; `undefined` where that was lost before
 */
function watchEvents(
  command: unknown,
  timing: Timing,
  open: SafeSet<Timing> | undefined,
  instrument: Instrument,
): void {
  if (open === undefined) {
    fail(timing)
    return
  }
  open.add(timing)
  const target = command as { emit: Handler }
  const emit = instrument.bound(target.emit as never)
  const value = function (this: unknown, ...given: unknown[]): unknown {
    if (given[0] === 'error') timing.fail()
    if (given[0] === 'error' || given[0] === 'end') {
      open.delete(timing)
      timing.end()
    }
    return emit.apply(this, given)
  }
  Object.defineProperty(target, 'emit', { value, configurable: true, writable: true, enumerable: false })
}
