import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { HitOf, Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { query, rowsHit } from './queries.ts'

type Settle = (this: unknown, value: unknown) => unknown

/** A query of postgres.js: a promise that does nothing until somebody waits for it. */
interface Query {
  readonly strings: readonly string[]
  readonly args: readonly unknown[]
  readonly executed: boolean
  resolve: Settle
  reject: Settle
  forEachFn?: unknown
  cursorFn?: unknown
}

/** A piece of SQL that stands where a value could: a name, or another query that is a part of this one. */
interface Piece {
  readonly value?: unknown
  readonly strings?: readonly string[]
  readonly args?: readonly unknown[]
}

/** Pieces within pieces are read to this depth. */
const DEEPEST = 5

/**
 * Queries of `postgres` (postgres.js), from when they are asked for to their result; a cursor until it is read or
 * left. That includes the wait for a connection: the library queues queries, not those who ask.
 */
export function postgres(): Recorder {
  return library({
    name: 'postgres',
    versions: { postgres: '>=3.0 <3.5' },
    files: { 'postgres/cjs/src/query.js': watchQueries },
    modules: { 'postgres/src/query.js': { bindings: ['Query'], patch: watchQueries } },
  })
}

function watchQueries(
  { Query }: { readonly Query: { readonly prototype: object } },
  instrument: Instrument,
): void {
  instrument.replace(Query.prototype, 'handle', (original) => {
    return function handle(this: Query, ...given: unknown[]): unknown {
      // Never by its `then`: that is what starts it.
      if (!this.executed) {
        // Of a file that is still to be read.
        if (this.strings?.length === 0) instrument.safely(() => whenItHasText(this, instrument))
        else begin(this, instrument)
      }
      return original.apply(this, given)
    } as typeof original
  })
}

function begin(asked: Query, instrument: Instrument): void {
  const text = instrument.safely(() => textOf(asked, 0))
  const timing = instrument.start(() => query(instrument.ledger, text), asked, [])
  const hitOf = instrument.safely(() => rowsHit(instrument.ledger, text))
  if (timing !== undefined) instrument.safely(() => watchEnd(asked, timing, instrument, hitOf))
}

/** The library puts it there in the request of whoever asked. */
function whenItHasText(asked: Query, instrument: Instrument): void {
  const strings = asked.strings
  Object.defineProperty(asked, 'strings', {
    configurable: true,
    enumerable: true,
    get: () => strings,
    set: (value) => {
      Object.defineProperty(asked, 'strings', { value, configurable: true, enumerable: true, writable: true })
      begin(asked, instrument)
    },
  })
}

function watchEnd(query: Query, timing: Timing, instrument: Instrument, hitOf: HitOf | undefined): void {
  for (const name of ['forEachFn', 'cursorFn'] as const) {
    const callback = query[name]
    if (typeof callback === 'function') query[name] = instrument.bound(callback as never)
  }
  for (const name of ['resolve', 'reject'] as const) {
    // An iterated cursor puts others in their place with every step.
    let settle = query[name]
    const ours: Settle = function (this: unknown, value) {
      if (name === 'reject') timing.failed(hitOf !== undefined)
      else if (hitOf?.(value) !== undefined) timing.setHit(hitOf(value)!)
      timing.end()
      return settle.call(this, value)
    }
    Object.defineProperty(query, name, {
      configurable: true,
      enumerable: true,
      get: () => ours,
      set: (other: Settle) => {
        settle = other
      },
    })
  }
}

/** The text as far as its name needs it. */
function textOf({ strings, args }: Pick<Query, 'strings' | 'args'>, depth: number): string {
  if (strings.length === 1) return strings[0]!
  let text = ''
  for (const [at, string] of strings.entries()) {
    text += string
    if (at < strings.length - 1) text += pieceOf(args[at] as Piece, depth)
  }
  return text
}

function pieceOf(given: Piece | null | undefined, depth: number): string {
  if (typeof given !== 'object' || given === null) return '?'
  const { strings, args } = given
  if (Array.isArray(strings) && Array.isArray(args) && depth < DEEPEST)
    return textOf({ strings, args }, depth + 1)
  const isName = given.constructor.name === 'Identifier' && typeof given.value === 'string'
  return isName ? (given.value as string) : '?'
}
