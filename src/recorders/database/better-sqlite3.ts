import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { query } from './queries.ts'
import { watchStatements } from './statements.ts'

/**
 * Queries of `better-sqlite3`, which are synchronous; an iterator counts until it is read or left. Statements come
 * from compiled code, so their prototype is found with the first that is prepared.
 */
export function betterSqlite3(): Recorder {
  return library({
    name: 'better-sqlite3',
    versions: { 'better-sqlite3': '>=13 <14' },
    files: { 'better-sqlite3/lib/index.js': watchDatabases },
  })
}

function watchDatabases(Database: { readonly prototype: object }, instrument: Instrument): void {
  instrument.time(Database.prototype, 'exec', (_self, [sql]) => query(instrument.ledger, sql), {
    callbacks: false,
  })
  instrument.replace(Database.prototype, 'prepare', (original) => {
    let watched: object | undefined
    return function prepare(this: unknown, ...given: unknown[]): unknown {
      const statement = original.apply(this, given) as object
      instrument.safely(() => {
        const prototype = Object.getPrototypeOf(statement) as object
        if (prototype === watched) return
        watched = prototype
        watchStatements(prototype, (self: { readonly source: string }) => self.source, instrument)
      })
      return statement
    } as typeof original
  })
}
