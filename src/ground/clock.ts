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

const { bigint } = process.hrtime
const nanoseconds = new BigUint64Array(1)
const words = new Uint32Array(nanoseconds.buffer)

/** By an array: else each reading would be a BigInt to be collected. */
function fromHrtime(): number {
  nanoseconds[0] = bigint()
  return (words[1]! * 2 ** 32 + words[0]!) / 1e6
}

/**
 * Not `performance.now()`, which looks at every reading what it was called on: where no cache has that code any more it takes
 * as long as to read the clock. But that one's class still has Node's own where fake timers stand in the place of both.
 */
const monotonicMs =
  bigint.name === 'hrtimeBigInt'
    ? fromHrtime
    : (Object.getPrototypeOf(nodePerformance) as typeof performance).now.bind(nodePerformance)

/** As it was when this was loaded: whatever an application puts in its place later, recording goes on. */
export const systemClock: Clock = { wallMs: Date.now, monotonicMs }
