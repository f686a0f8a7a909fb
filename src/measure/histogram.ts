import { FIRST_BUCKET, upperBoundMs } from './bucket.ts'

/** Counts grow in steps of this many places, so that a window that widens slowly does not copy every time. */
const STEP = 32

/**
 * Counts per bucket of schema 6, kept only between the lowest and the highest bucket in use. Counts are exact
 * whole numbers, so adding and subtracting in any order gives the same histogram.
 */
export class Histogram {
  #low = 0
  #counts = new Float64Array(0)

  /** @param place as given by `placeOf` (0 is the zero bucket) */
  add(place: number, count: number): void {
    this.cover(place, place)
    this.#counts[place - this.#low]! += count
  }

  merge(other: Histogram, sign: 1 | -1 = 1): void {
    const theirs = other.#counts
    if (theirs.length === 0) return
    this.cover(other.#low, other.#low + theirs.length - 1)
    const mine = this.#counts
    const shift = other.#low - this.#low
    for (let i = 0; i < theirs.length; i++) mine[i + shift]! += sign * theirs[i]!
  }

  /** Makes room for the places `from` … `to` at once, for whoever is about to add many. */
  cover(from: number, to: number): void {
    const length = this.#counts.length
    if (length > 0 && from >= this.#low && to < this.#low + length) return
    const low = from - (from % STEP)
    const high = to - (to % STEP) + STEP
    if (length === 0) {
      this.#low = low
      this.#counts = new Float64Array(high - low)
      return
    }
    const wide = Math.min(low, this.#low)
    const grown = new Float64Array(Math.max(high, this.#low + length) - wide)
    grown.set(this.#counts, this.#low - wide)
    this.#low = wide
    this.#counts = grown
  }

  /** Forgets everything, memory included: a series that goes idle should cost nothing. */
  clear(): void {
    this.#low = 0
    this.#counts = new Float64Array(0)
  }

  /** Sets every count to 0 and keeps the room. */
  reset(): void {
    this.#counts.fill(0)
  }

  /** Places in use with their counts, ascending, without the cost of a generator. */
  visit(visitor: (place: number, count: number) => void): void {
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i]!
      if (count !== 0) visitor(this.#low + i, count)
    }
  }

  /** Places in use with their counts, ascending. */
  *entries(): Generator<readonly [place: number, count: number]> {
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i]!
      if (count !== 0) yield [this.#low + i, count]
    }
  }

  total(): number {
    let total = 0
    for (let i = 0; i < this.#counts.length; i++) total += this.#counts[i]!
    return total
  }

  /**
   * The duration that a share `q` of the operations did not exceed, in ms; `undefined` when there were none.
   * Within 1.1 % of the true sample value. Formula: `histogram_quantile` of Prometheus 3 for native histograms
   * (`promql/quantile.go`), exponential interpolation, so that Grafana shows the same number.
   */
  quantileMs(q: number): number | undefined {
    const total = this.total()
    if (total === 0) return undefined
    return q < 0.5 ? this.#upwards(q * total) : this.#downwards((1 - q) * total)
  }

  /** Share (0–1) of the operations that took less than `limitMs`, interpolated within its bucket; NaN if none. */
  shareUnder(limitMs: number): number {
    let under = 0
    let total = 0
    for (const [place, count] of this.entries()) {
      total += count
      under += count * shareOfBucketUnder(place, limitMs)
    }
    return under / total
  }

  #upwards(rank: number): number {
    let seen = 0
    let last = 0
    for (const [place, count] of this.entries()) {
      seen += count
      last = place
      if (seen >= rank) return within(place, (rank - (seen - count)) / count)
    }
    return within(last, 1)
  }

  #downwards(rank: number): number {
    let seen = 0
    for (let i = this.#counts.length - 1; i >= 0; i--) {
      const count = this.#counts[i]!
      if (count === 0) continue
      seen += count
      if (seen >= rank) return within(this.#low + i, 1 - (rank - (seen - count)) / count)
    }
    return 0
  }
}

function lowerMs(place: number): number {
  return upperBoundMs(place - 2 + FIRST_BUCKET)
}

function upperMs(place: number): number {
  return upperBoundMs(place - 1 + FIRST_BUCKET)
}

function within(place: number, fraction: number): number {
  if (place === 0) return 0
  const low = lowerMs(place)
  return low * (upperMs(place) / low) ** fraction
}

function shareOfBucketUnder(place: number, limitMs: number): number {
  if (place === 0) return limitMs > 0 ? 1 : 0
  const low = lowerMs(place)
  const high = upperMs(place)
  if (limitMs >= high) return 1
  if (limitMs <= low) return 0
  return Math.log2(limitMs / low) / Math.log2(high / low)
}
