import type { Clock } from '../ground/clock.ts'

/** Further behind than this, the wall clock was set back and did not just drift. */
const SET_BACK_MS = 1_000

/**
 * Wall time, but when the clock is set back, time goes on by the monotonic one until the wall has caught up: the
 * windows have to slide, and no slot may come twice.
 */
export class SteadyTime {
  readonly #clock: Clock
  #wallMs: number
  #monotonicMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#wallMs = clock.wallMs()
    this.#monotonicMs = clock.monotonicMs()
  }

  /** As of the last `read`. */
  get lastMs(): number {
    return this.#wallMs
  }

  read(): number {
    const monotonicMs = this.#clock.monotonicMs()
    const expectedMs = this.#wallMs + (monotonicMs - this.#monotonicMs)
    const wallMs = this.#clock.wallMs()
    this.#wallMs = wallMs < expectedMs - SET_BACK_MS ? expectedMs : Math.max(wallMs, this.#wallMs)
    this.#monotonicMs = monotonicMs
    return this.#wallMs
  }
}
