import type { Timing } from '../../measure/operation.ts'
import type { Instrument } from '../libraries/instrument.ts'

type Step = (this: unknown, ...given: unknown[]) => { readonly done?: boolean }

/** Ends the timing when an iterator has given its last value, was left, or throws. Returns the iterator itself. */
export function whenRead(instrument: Instrument, timing: Timing, iterator: unknown): unknown {
  instrument.safely(() => {
    const target = iterator as Record<string, Step>
    for (const name of ['next', 'return'] as const) {
      const original = target[name]
      if (typeof original !== 'function') continue
      const value = function (this: unknown, ...given: unknown[]): unknown {
        const step = instrument.pass(timing, original as never, this, given) as { readonly done?: boolean }
        if (name === 'return' || step.done === true) timing.end()
        return step
      }
      Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false })
    }
  })
  return iterator
}
