import { isPromise } from '../../ground/promise.ts'
import { SafeSet } from '../../ground/safe-map.ts'
import type { Operation } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { command, wait } from './queries.ts'

/** What the driver asks for itself: to learn of servers, to log in, to give sessions back. */
const OWN: ReadonlySet<string> = new SafeSet([
  'hello',
  'ismaster',
  'isMaster',
  'saslStart',
  'saslContinue',
  'endSessions',
  'authenticate',
  'logout',
])

type Method = (this: unknown, ...given: unknown[]) => unknown

/**
 * Commands of `mongodb`, each with its way to the server and back: `find users`, `getMore users`. Waiting for a
 * connection of a pool is apart, in the component `database_wait`, and so is the wait for a server where none is to be
 * had.
 */
export function mongodb(): Recorder {
  return library({
    name: 'mongodb',
    versions: { mongodb: '>=6.0 <7.10' },
    files: {
      'mongodb/lib/cmap/connection.js': watchConnection,
      'mongodb/lib/cmap/connection_pool.js': watchPool,
      'mongodb/lib/sdam/topology.js': watchTopology,
    },
  })
}

function watchConnection(
  exports: { readonly Connection: { readonly prototype: object } },
  instrument: Instrument,
): void {
  instrument.time(
    exports.Connection.prototype,
    'command',
    (_self, [, asked]) => operationOf(instrument, asked as Readonly<Record<string, unknown>>),
    { hasFailed: isRefused },
  )
}

/** Of a write that is refused, in whole or in part: the driver takes them for an answer, and gives an error. */
const REFUSALS = ['writeErrors', 'writeConcernError']

/** @param answer a document, or one that the driver reads as far as it is asked; none of a write that wants none */
function isRefused(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false
  const { has } = answer as { readonly has?: (name: string) => boolean }
  return REFUSALS.some((name) =>
    typeof has === 'function' ? has.call(answer, name) : answer[name as never] !== undefined,
  )
}

function operationOf(
  { ledger }: Instrument,
  asked: Readonly<Record<string, unknown>>,
): Operation | undefined {
  const [name] = Object.keys(asked)
  if (name === undefined || OWN.has(name)) return undefined
  const on = name === 'getMore' ? asked.collection : asked[name]
  // A collection's name; of other commands a number, or what an application may have put its data into.
  return command(ledger, typeof on === 'string' && on.length > 0 ? `${name} ${on}` : name)
}

function watchPool(
  exports: { readonly ConnectionPool: { readonly prototype: object } },
  instrument: Instrument,
): void {
  instrument.time(exports.ConnectionPool.prototype, 'checkOut', () => wait(instrument.ledger, 'mongodb'))
}

/** Before a pool is asked a server is chosen: at once, unless there is none. Then nothing else would tell of it. */
function watchTopology(
  exports: { readonly Topology: { readonly prototype: object } },
  instrument: Instrument,
): void {
  const { ledger } = instrument
  instrument.replace(exports.Topology.prototype, 'selectServer', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const startMs = ledger.now()
      const failed = (): void =>
        void instrument.safely(() => wait(ledger, 'mongodb').record(ledger.now() - startMs, true))
      const called = given[2]
      if (typeof called === 'function') {
        given[2] = function (this: unknown, ...told: unknown[]): unknown {
          if (told[0]) failed()
          return (called as Method).apply(this, told)
        }
      }
      const chosen = original.apply(this, given)
      // Aside, so that choosing takes no longer: it is the driver that waits for this promise, and handles it.
      if (isPromise(chosen)) chosen.then(undefined, failed)
      return chosen
    } as typeof original
  })
}
