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
 * As it was when this was loaded: whatever an application puts in its place (fake timers), recording goes on. It also
 * saves the look-up of the global at every reading.
 */
export const systemClock: Clock = {
  wallMs: Date.now,
  // Its class' method: what was put on the object itself before is passed over.
  monotonicMs: (Object.getPrototypeOf(nodePerformance) as typeof performance).now.bind(nodePerformance),
}
