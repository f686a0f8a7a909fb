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

/** Its class' method, where it has one: what was put on the object itself before is passed over. */
function ownNow(): () => number {
  const { now } = Object.getPrototypeOf(performance) as Partial<typeof performance>
  return now ?? performance.now
}

/**
 * As it was when this was loaded: whatever an application puts in its place (fake timers), recording goes on. It also
 * saves the look-up of the global at every reading.
 */
export const systemClock: Clock = {
  wallMs: Date.now,
  monotonicMs: ownNow().bind(performance),
}
