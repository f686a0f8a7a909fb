import type { Timing } from '../../measure/operation.ts'
import { type Instrument, isPlainPromise, type OperationOf } from '../libraries/instrument.ts'

interface Judged {
  readonly operationOf: OperationOf
  /** Whether an error is an answer: the token is refused, and that is what the check is for. */
  readonly isRefusal?: (error: unknown) => boolean
  /** Whether what it gives in place of an error tells of one. */
  readonly hasFailed?: (value: unknown) => boolean
  /** Where the callback is among the arguments: the first function from there on. Default: there is none. */
  readonly callbackFrom?: number
  /** Shared by functions that call each other at once: only the outermost call counts. */
  readonly calls?: { running: number }
}

const never = (): boolean => false

/**
 * Times the calls of a function whose errors may be refusals, which count as ok. It may return, throw, give a promise
 * or call back; all of that stays as it was.
 */
export function judge(instrument: Instrument, target: object, name: string, judged: Judged): void {
  const { operationOf, isRefusal = never, hasFailed = never, callbackFrom, calls } = judged
  const end = (timing: Timing, error: unknown): void => {
    if (error && instrument.safely(() => isRefusal(error)) !== true) timing.fail()
    timing.end()
  }
  instrument.replace(target, name, (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const timing =
        calls !== undefined && calls.running > 0 ? undefined : instrument.start(operationOf, this, given)
      if (timing === undefined) return original.apply(this, given)
      const at =
        callbackFrom === undefined
          ? -1
          : given.findIndex((each, i) => i >= callbackFrom && typeof each === 'function')
      if (at !== -1) given[at] = instrument.ending(timing, given[at] as never, undefined, isRefusal)
      let result: unknown
      try {
        if (calls !== undefined) calls.running++
        result = original.apply(this, given)
      } catch (error) {
        end(timing, error)
        throw error
      } finally {
        if (calls !== undefined) calls.running--
      }
      if (at !== -1) return result
      if (!isPlainPromise(result)) {
        timing.end()
        return result
      }
      // Derived from theirs: to follow it aside would hide that nobody handles its rejection.
      return result.then(
        (value) => {
          if (instrument.safely(() => hasFailed(value)) === true) timing.fail()
          timing.end()
          return value
        },
        (error: unknown) => {
          end(timing, error)
          throw error
        },
      )
    } as typeof original
  })
}
