import type { ExponentialHistogram } from './distribution.ts'
import { type Buckets, bucketOf, coarsen, coarser, FINEST_SCHEMA } from './exponential.ts'

/** OpenTelemetry's default. At schema −4 the whole range of a double takes 133 buckets. */
const MAX_SIZE = 160

interface GrowingBuckets {
  first: number
  readonly counts: number[]
}

/**
 * An exponential histogram that lowers its schema whenever its buckets, positive or negative, would span more than
 * `maxSize`; it never loses a count. Rule: OpenTelemetry's data model, "exponential histograms: scale".
 *
 * Starts at schema 8, the finest that Prometheus takes, not at OpenTelemetry's 20: above 8 no bound is exact.
 *
 * @example
 * const histogram = new RescalingHistogram()
 * histogram.record(0.25)
 * quantile(0.95, exponentialDistribution(histogram))
 */
export class RescalingHistogram implements ExponentialHistogram {
  readonly maxSize: number
  schema: number = FINEST_SCHEMA
  count = 0
  sum = 0
  zeroCount = 0
  readonly zeroThreshold = 0
  #positive: GrowingBuckets = { first: 0, counts: [] }
  #negative: GrowingBuckets = { first: 0, counts: [] }

  /**
   * @param maxSize at least 2, since no bucket holds values on both sides of 1; with less than 133 the schema may
   *   fall under Prometheus' lowest, −4
   * @throws RangeError for less than 2
   */
  constructor(maxSize: number = MAX_SIZE) {
    if (!(maxSize >= 2)) throw new RangeError(`maxSize must be at least 2, got ${maxSize}`)
    this.maxSize = maxSize
  }

  get positive(): Buckets {
    return this.#positive
  }

  get negative(): Buckets {
    return this.#negative
  }

  /** NaN is counted, makes the sum NaN, and lies in no bucket. */
  record(value: number): void {
    this.count++
    this.sum += value
    if (value === 0) this.zeroCount++
    if (value === 0 || Number.isNaN(value)) return
    const magnitude = Math.abs(value)
    this.#coarsen(stepsToFit(this.#side(value), bucketOf(magnitude, this.schema), this.maxSize))
    increment(this.#side(value), bucketOf(magnitude, this.schema))
  }

  #side(value: number): GrowingBuckets {
    return value > 0 ? this.#positive : this.#negative
  }

  #coarsen(steps: number): void {
    if (steps === 0) return
    this.schema -= steps
    this.#positive = coarsen(this.#positive, steps)
    this.#negative = coarsen(this.#negative, steps)
  }
}

function increment(buckets: GrowingBuckets, index: number): void {
  const { counts } = buckets
  if (counts.length === 0) buckets.first = index
  for (; buckets.first > index; buckets.first--) counts.unshift(0)
  while (buckets.first + counts.length <= index) counts.push(0)
  counts[index - buckets.first]!++
}

/** By how many steps to lower the schema so that the buckets, and `index` with them, span at most `maxSize`. */
function stepsToFit({ first, counts }: Buckets, index: number, maxSize: number): number {
  if (counts.length === 0) return 0
  const low = Math.min(first, index)
  const high = Math.max(first + counts.length - 1, index)
  let steps = 0
  while (coarser(high, steps) - coarser(low, steps) >= maxSize) steps++
  return steps
}
