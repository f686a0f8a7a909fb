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

// As they were when this was loaded: whatever an application puts in their place (fake timers), recording goes on.
const { now: wallMs } = Date
const { bigint } = process.hrtime

const nanoseconds = new BigUint64Array(1)
const words = new Uint32Array(nanoseconds.buffer)

/**
 * Not by `performance.now()`: it finds out at every reading what it was called on, which takes as long as to read the clock
 * where no cache has that code any more. And by an array: else each reading would be a BigInt to be collected.
 */
function monotonicMs(): number {
  nanoseconds[0] = bigint()
  return (words[1]! * 2 ** 32 + words[0]!) / 1e6
}

export const systemClock: Clock = { wallMs, monotonicMs }
