import { nodePerformance } from './node-performance.ts'

/**
 * Where time comes from. Floors 1–3 never hold one: they take the time as an argument, so that a test
 * passes a day in a millisecond.
 */
export interface Clock {
  /** Wall time, ms since the Unix epoch. May step either way when the machine's clock is set. */
  readonly wallMs: () => number
  /** Ms since an arbitrary start; never steps, never goes backwards. */
  readonly monotonicMs: () => number
}

/**
 * Node's own `hrtime.bigint`, unless something stands in its place: then it is not known what that gives, and what it keeps.
 * Not `performance.now()`, which looks at every reading what it was called on: where no cache has that code any more it takes
 * as long as to read the clock.
 */
function byHrtime(): Clock['monotonicMs'] | undefined {
  try {
    const { bigint } = process.hrtime
    // Not by its name, which a spy has, too.
    if (!/\bbinding\.hrtimeBigInt\b/.test(Function.prototype.toString.call(bigint))) return undefined
    // By an array: once this is compiled well, no reading is a BigInt to be collected.
    const nanoseconds = new BigUint64Array(1)
    const words = new Uint32Array(nanoseconds.buffer)
    return () => {
      nanoseconds[0] = bigint()
      return (words[1]! * 2 ** 32 + words[0]!) / 1e6
    }
  } catch {
    return undefined
  }
}

/** As it was when this was loaded: whatever an application puts in its place later, recording goes on. */
export const systemClock: Clock = {
  wallMs: Date.now,
  // Its class' method: what was put on the object itself before is passed over.
  monotonicMs:
    byHrtime() ?? (Object.getPrototypeOf(nodePerformance) as typeof performance).now.bind(nodePerformance),
}
