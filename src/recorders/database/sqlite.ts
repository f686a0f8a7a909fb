import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { query } from './queries.ts'
import { watchStatements } from './statements.ts'

interface Sqlite {
  readonly DatabaseSync: { readonly prototype: object }
  readonly StatementSync: { readonly prototype: object }
}

/**
 * Queries of `node:sqlite`, those of its tag stores too, which are synchronous; an iterator counts until it is read or
 * left. Its own channel is left alone: it has a resolution of a millisecond, and is published with the values in the text.
 */
export function sqlite(): Recorder {
  return library({
    name: 'sqlite',
    versions: { node: '>=22.5 <27' },
    files: { 'node:sqlite': watchSqlite },
  })
}

function watchSqlite({ DatabaseSync, StatementSync }: Sqlite, instrument: Instrument): void {
  instrument.time(DatabaseSync.prototype, 'exec', (_self, [sql]) => query(instrument.ledger, sql), {
    callbacks: false,
  })
  watchStatements(
    StatementSync.prototype,
    (self: { readonly sourceSQL: string }) => self.sourceSQL,
    instrument,
  )
  // From Node.js 24.9 on. Their prototype is found with the first that is made.
  if (!('createTagStore' in DatabaseSync.prototype)) return
  instrument.replace(DatabaseSync.prototype, 'createTagStore', (original) => {
    return function createTagStore(this: unknown, ...given: unknown[]): unknown {
      const store = original.apply(this, given) as object
      instrument.safely(() => watchStatements(Object.getPrototypeOf(store), textOf, instrument))
      return store
    } as typeof original
  })
}

/** What a template's tag is given. */
function textOf(_store: object, [strings]: readonly unknown[]): unknown {
  return Array.isArray(strings) ? strings.join('?') : undefined
}
