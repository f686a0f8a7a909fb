import type { Clock } from '../src/ground/clock.ts'

/** A clock that moves only when it is told to, so that a day passes in a millisecond. */
export class SteppedClock implements Clock {
  #wallMs: number
  #monotonicMs = 0

  constructor(wallMs: number) {
    this.#wallMs = wallMs
  }

  readonly wallMs = (): number => this.#wallMs
  readonly monotonicMs = (): number => this.#monotonicMs

  /** Time passes. */
  step(ms: number): void {
    this.#wallMs += ms
    this.#monotonicMs += ms
  }

  /** Somebody sets the machine's clock: no time passes. */
  set(wallMs: number): void {
    this.#wallMs = wallMs
  }
}
