import { Histogram } from './histogram.ts'
import { Levels } from './levels.ts'

/** How many ok operations stayed strictly under a limit, and of how many ok ones that is known. */
export interface Good {
  readonly limitMs: number
  good: number
  /** Ok operations that were compared with this limit, when they happened or as soon as it was known. */
  covered: number
}

/** What operations of one component added to the requests they belonged to. */
export interface Share {
  calls: number
  /** Wall time of the requests during which at least one such operation was open. */
  wallMs: number
}

/**
 * Everything that is counted about some operations: a second of one series, a window of it, a fleet's sum.
 * Adding and subtracting are exact (durations lie on the 2⁻¹⁴ ms grid), so the order does not matter. Min and max
 * cannot be subtracted: a window finds them over its slots.
 */
export class Counts {
  ok = 0
  failed = 0
  hits = 0
  misses = 0
  sumMs = 0
  minMs: number = Number.POSITIVE_INFINITY
  maxMs: number = Number.NEGATIVE_INFINITY
  readonly histogram: Histogram = new Histogram()
  /** At most a handful: one per distinct limit that was in force. */
  goods: Good[] = []
  /** For requests: by component, and the time with no such operation open. */
  breakdown: Map<string, Share> | undefined
  ownMs = 0
  /** For requests: completions and time by number in flight. */
  levels: Levels | undefined

  get total(): number {
    return this.ok + this.failed
  }

  get lookups(): number {
    return this.hits + this.misses
  }

  /**
   * Ok operations strictly under the limit: exact when every one was compared with it at the time. For those that
   * were not (it was not in force by then) the histogram says it, and the answer is marked.
   */
  goodUnder(limitMs: number): { readonly good: number; readonly estimated: boolean } {
    const known = this.goods.find((entry) => entry.limitMs === limitMs)
    const rest = this.ok - (known?.covered ?? 0)
    if (rest === 0) return { good: known?.good ?? 0, estimated: false }
    // The histogram holds failed operations too; they are taken to be spread like the ok ones.
    // An outcome can come a reading later than its duration: then the histogram may know of none.
    const share = this.histogram.shareUnder(limitMs) || 0
    return { good: (known?.good ?? 0) + Math.round(rest * share), estimated: true }
  }

  /** A percentile over all operations, ok or not, clamped to [min, max]; `undefined` when there were none. */
  percentileMs(q: number): number | undefined {
    const value = this.histogram.quantileMs(q)
    return value === undefined ? undefined : Math.min(Math.max(value, this.minMs), this.maxMs)
  }

  /** Starts again from nothing, in the same memory. */
  reset(): void {
    this.ok = 0
    this.failed = 0
    this.hits = 0
    this.misses = 0
    this.sumMs = 0
    this.minMs = Number.POSITIVE_INFINITY
    this.maxMs = Number.NEGATIVE_INFINITY
    this.histogram.reset()
    this.goods = []
    this.breakdown = undefined
    this.ownMs = 0
    this.levels = undefined
  }

  add(other: Counts): void {
    this.#combine(other, 1)
    this.extend(other.minMs, other.maxMs)
  }

  /** Takes away what was added before; min and max stay (see the class). */
  subtract(other: Counts): void {
    this.#combine(other, -1)
    this.forgetGone()
  }

  /** Widens the extremes. */
  extend(minMs: number, maxMs: number): void {
    if (minMs < this.minMs) this.minMs = minMs
    if (maxMs > this.maxMs) this.maxMs = maxMs
  }

  addGood(limitMs: number, good: number, covered: number): void {
    const mine = this.goods.find((entry) => entry.limitMs === limitMs)
    // An empty array that is pushed to takes room for seventeen.
    if (mine === undefined && this.goods.length === 0) this.goods = [{ limitMs, good, covered }]
    else if (mine === undefined) this.goods.push({ limitMs, good, covered })
    else {
      mine.good += good
      mine.covered += covered
    }
  }

  /** Drops the limits and the components that no operation is left of, after taking away. */
  forgetGone(): void {
    if (this.goods.some((entry) => entry.covered <= 0))
      this.goods = this.goods.filter((entry) => entry.covered > 0)
    for (const [component, { calls, wallMs }] of this.breakdown ?? []) {
      if (calls === 0 && wallMs === 0) this.breakdown!.delete(component)
    }
  }

  addShare(component: string, calls: number, wallMs: number): void {
    this.breakdown ??= new Map()
    const mine = this.breakdown.get(component)
    if (mine === undefined) this.breakdown.set(component, { calls, wallMs })
    else {
      mine.calls += calls
      mine.wallMs += wallMs
    }
  }

  #combine(other: Counts, sign: 1 | -1): void {
    this.ok += sign * other.ok
    this.failed += sign * other.failed
    this.hits += sign * other.hits
    this.misses += sign * other.misses
    this.sumMs += sign * other.sumMs
    this.ownMs += sign * other.ownMs
    this.histogram.merge(other.histogram, sign)
    for (const { limitMs, good, covered } of other.goods) this.addGood(limitMs, sign * good, sign * covered)
    if (other.breakdown !== undefined) {
      this.breakdown ??= new Map()
      for (const [component, { calls, wallMs }] of other.breakdown) {
        this.addShare(component, sign * calls, sign * wallMs)
      }
    }
    if (other.levels !== undefined) {
      this.levels ??= new Levels()
      this.levels.merge(other.levels, sign)
    }
  }
}
