import { random } from '../../examples/shop/random.ts'
import type { Logged } from './operation-log.ts'

const GRID_MS = 2 ** -14
const LIMITS_MS = [50, 100 / 3, 25, 12.5, 40, 100, 60, 0.1, 80]

/** Component, name, typical duration in ms, share of lookups that hit. */
const SERIES: readonly (readonly [component: string, name: string, typicalMs: number, hits?: number])[] = [
  ['authentication', 'password', 45],
  ['authentication', 'token', 0.3],
  ['authorization', 'can_edit', 8],
  ['database', 'user_lookup', 4],
  ['database', 'SELECT orders', 18],
  ['database', 'INSERT orders', 9],
  ['database', 'report_monthly', 300],
  ['cache_l1', 'get', 0.004, 0.955],
  ['cache_l1', 'set', 0.008],
  ['cache_l2', 'get', 0.7, 0.8],
  ['cache_l3', 'get', 1.5, 0.93],
  ['request', 'GET /api', 12],
  ['request', 'GET /api/items', 0.08],
  ['request', 'GET /api/items/:id', 30],
  ['request', 'GET /api/health', 0.5],
  ['request', 'GET /apiary', 20],
  ['request', 'POST /api/orders', 70],
  ['request', 'GET /admin', 200],
  ['request', 'GET /admin/users/:id', 90],
  // No two of these may be taken for each other.
  ['shipping', 'a:b', 5],
  ['shipping:a', 'b', 5],
  ['shipping', '+a', 5],
]

/** Operations as services have them: many quick ones, long tails, exact limits, and now and then nonsense. */
export class Traffic {
  readonly next: () => number

  constructor(seed: number) {
    this.next = random(seed)
  }

  operation(): Logged {
    const [component, name, typicalMs, hits] = SERIES[Math.floor(this.next() ** 1.5 * SERIES.length)]!
    const failed = this.next() < 0.02
    const durationMs = this.#duration(typicalMs)
    if (hits === undefined) return { component, name, failed, durationMs }
    return { component, name, failed, durationMs, hit: this.next() < hits }
  }

  /** How many of something that comes at this rate on average came now (Poisson). */
  arrivals(mean: number): number {
    let left = mean
    let count = -1
    for (; left > 0; count++) left += Math.log(1 - this.next())
    return Math.max(count, 0)
  }

  #duration(typicalMs: number): number {
    const kind = this.next()
    if (kind < 0.97) return typicalMs * Math.exp(1.2 * this.#bell())
    if (kind < 0.99) return this.#nearLimit()
    if (kind < 0.995) return this.next() < 0.5 ? 0 : GRID_MS * Math.floor(4 * this.next())
    if (kind < 0.998) return 2 ** (26 * this.next())
    return this.#nonsense()
  }

  /** A limit itself, a step beside it, or half a step, which is rounded to one of its sides. */
  #nearLimit(): number {
    const limitMs = LIMITS_MS[Math.floor(this.next() * LIMITS_MS.length)]!
    return limitMs + ((Math.floor(this.next() * 9) - 4) * GRID_MS) / 2
  }

  #nonsense(): number {
    const kinds = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -3,
      -0.001,
      2 ** 26 + 1,
      1e300,
    ]
    return kinds[Math.floor(this.next() * kinds.length)]!
  }

  /** Normal, mean 0, deviation 1 (Box–Muller). */
  #bell(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }
}
