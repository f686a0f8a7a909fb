import { countsOf, type Operations } from '../../src/alerts/operations.ts'
import type { Reading } from '../../src/alerts/replay.ts'

const DAY_MS = 86_400_000
const SECOND_MS = 1000

/** How made-up traffic behaves. */
export interface TrafficOptions {
  readonly seed: number
  readonly startMs: number
  readonly seconds: number
  /** Operations a second, mean over the day; by a factor of 4 between night and noon. */
  readonly perSecond: number
  /** Median of a usual second, at its daily mean. */
  readonly medianMs: number
  readonly limitMs: number
  /** From this second on everything takes so many times as long. */
  readonly step?: { readonly second: number; readonly factor: number }
}

/**
 * Normal traffic of one database series, by seconds: Poisson arrivals with a daily rhythm; log-normal durations (σ 0.4)
 * with a Pareto tail of 1 %, around a median that wanders (AR(1), 0.97 over 10 s, stationary σ 0.08) and is 10 % higher
 * at noon. Latency of neighbouring seconds is alike, as it is in services.
 */
export function* traffic(options: TrafficOptions): Generator<Reading> {
  const { startMs, seconds, perSecond, medianMs, limitMs, step } = options
  const random = new Random(options.seed)
  const kept = 0.97 ** 0.1
  const fresh = 0.08 * Math.sqrt(1 - kept * kept)
  let wander = 0.08 * random.normal()
  for (let second = 1; second <= seconds; second++) {
    const atMs = startMs + second * SECOND_MS
    const noon = Math.cos((2 * Math.PI * (atMs - DAY_MS / 2)) / DAY_MS)
    wander = kept * wander + fresh * random.normal()
    const slower = step !== undefined && second >= step.second ? step.factor : 1
    const median = medianMs * (1 + 0.1 * noon) * Math.exp(wander) * slower
    const operations: Operations[] = []
    for (let n = random.poisson(perSecond * (1 + 0.6 * noon)); n > 0; n--) {
      const tail = random.uniform() < 0.01 ? random.uniform() ** -0.5 : 1
      const durationMs = Math.min(median * Math.exp(0.4 * random.normal()) * tail, 60_000)
      operations.push({ count: 1, outcome: 'ok', durationMs })
    }
    const counts = countsOf(operations, [limitMs])
    yield { atMs, slices: [{ component: 'database', name: 'orders', nested: false, counts }] }
  }
}

/** Seeded, so that a day is the same day everywhere. Mulberry32. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  poisson(mean: number): number {
    const least = Math.exp(-mean)
    let count = 0
    for (let product = this.uniform(); product > least; product *= this.uniform()) count++
    return count
  }
}
