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

/**
 * Commands of `mongodb`, each with its way to the server and back: `find users`, `getMore users`. Waiting for a
 * connection of a pool is apart, in the component `database_wait`.
 */
export function mongodb(): Recorder {
  return library({
    name: 'mongodb',
    versions: { mongodb: '>=6.0 <7.10' },
    files: {
      'mongodb/lib/cmap/connection.js': watchConnection,
      'mongodb/lib/cmap/connection_pool.js': watchPool,
    },
  })
}

function watchConnection(
  exports: { readonly Connection: { readonly prototype: object } },
  instrument: Instrument,
): void {
  instrument.time(exports.Connection.prototype, 'command', (_self, [, asked]) => {
    return operationOf(instrument, asked as Readonly<Record<string, unknown>>)
  })
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
