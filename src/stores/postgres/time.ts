import { type Clock, systemClock } from '../../ground/clock.ts'

/** SQL of the time, ms since the Unix epoch: the database's, or what the parameter `$n` says. */
export function nowSql(n: number): string {
  return `coalesce($${n}::double precision, extract(epoch FROM clock_timestamp()) * 1000)::double precision`
}

/**
 * The time by which instances are compared: the database's own, since no two hosts agree. Whoever brings a clock that
 * is not the system's (one that is stepped by hand) means that one: then it is the time.
 */
export class StoreTime {
  readonly #clock: Clock
  #aheadMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** For the parameter of `nowSql`. */
  get given(): number | null {
    return this.#clock === systemClock ? null : this.#clock.wallMs()
  }

  /** About what time it is there. */
  get nowMs(): number {
    return this.#clock.wallMs() + this.#aheadMs
  }

  /** The database's time as of an instant of ours. */
  of(wallMs: number): number {
    return wallMs + this.#aheadMs
  }

  /** Notes what the database said the time is, just now. */
  heard(databaseMs: number): void {
    this.#aheadMs = databaseMs - this.#clock.wallMs()
  }
}
