import type { Instrument } from '../libraries/instrument.ts'
import { whenRead } from './iteration.ts'
import { query, rowsHit } from './queries.ts'

/** Methods that both SQLite libraries have on their statements, and that have done their work when they return. */
const AT_ONCE = ['run', 'get', 'all'] as const

/** Times what prepared statements of SQLite are asked to do, or what prepares them by itself: it is given the text. */
export function watchStatements<T extends object>(
  prototype: object,
  sqlOf: (statement: T, given: readonly unknown[]) => unknown,
  instrument: Instrument,
): void {
  const { ledger } = instrument
  const operationOf = (self: T, given: readonly unknown[]) => query(ledger, sqlOf(self, given))
  const hitFor = (self: T, given: readonly unknown[]) => rowsHit(ledger, sqlOf(self, given))
  for (const name of AT_ONCE) {
    instrument.time<T>(prototype, name, operationOf, {
      callbacks: false,
      ...(name === 'run' ? {} : { hitFor }),
    })
  }
  instrument.replace(prototype, 'iterate', (original) => {
    return function iterate(this: T, ...given: unknown[]): unknown {
      const timing = instrument.start(operationOf, this, given)
      if (timing === undefined) return original.apply(this, given)
      return whenRead(instrument, timing, instrument.pass(timing, original, this, given))
    } as typeof original
  })
}
