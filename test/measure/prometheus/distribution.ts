import { type Buckets, upperBound } from './exponential.ts'

/** Values within `(lower, upper]` (`[lower, upper)` where they are negative) and how many there were. */
export interface Bucket {
  readonly lower: number
  readonly upper: number
  readonly count: number
}

/** How values are taken to lie within a bucket: evenly on a logarithmic scale, or evenly. */
export type Interpolation = 'exponential' | 'linear'

/** What quantiles and fractions are computed from, whatever kind of histogram it came from. */
export interface Distribution {
  /** Everything that was observed: with NaN among it, more than the buckets hold. */
  readonly count: number
  /** NaN when a NaN was observed. */
  readonly sum: number
  /** Ascending, none of them empty. */
  readonly buckets: readonly Bucket[]
  readonly interpolation: Interpolation
}

/** A native histogram of Prometheus, an exponential one of OpenTelemetry. */
export interface ExponentialHistogram {
  readonly schema: number
  readonly count: number
  readonly sum: number
  /** Values of a magnitude up to `zeroThreshold`. */
  readonly zeroCount: number
  readonly zeroThreshold: number
  readonly positive: Buckets
  /** By magnitude: the bucket of −3 has the index of 3. */
  readonly negative: Buckets
}

/** A histogram with bounds of its own, classic in Prometheus, explicit in OpenTelemetry. */
export interface ExplicitHistogram {
  readonly count: number
  readonly sum: number
  /** Upper bounds, inclusive, ascending. */
  readonly bounds: readonly number[]
  /** Per bucket, not cumulative; one more than bounds, the last for what exceeds them all. */
  readonly counts: ArrayLike<number>
}

/**
 * The zero bucket is always interpolated linearly.
 *
 * @param interpolation `'exponential'` as Prometheus 3 does (default), `'linear'` as Prometheus 2
 * @throws RangeError for a schema without exact bounds, above 8
 */
export function exponentialDistribution(
  histogram: ExponentialHistogram,
  interpolation: Interpolation = 'exponential',
): Distribution {
  const { schema, count, sum, zeroCount, zeroThreshold } = histogram
  const negative = used(histogram.negative, schema)
    .map(({ lower, upper, count }) => ({ lower: -upper, upper: -lower, count }))
    .reverse()
  const positive = used(histogram.positive, schema)
  // With values on one side only, those near zero are taken to lie on that side too.
  const onlyPositive = negative.length === 0 && positive.length > 0
  const onlyNegative = positive.length === 0 && negative.length > 0
  const zero = {
    lower: onlyPositive ? 0 : -zeroThreshold,
    upper: onlyNegative ? 0 : zeroThreshold,
    count: zeroCount,
  }
  const buckets = zeroCount === 0 ? [...negative, ...positive] : [...negative, zero, ...positive]
  return { count, sum, buckets, interpolation }
}

/**
 * Interpolates linearly, as Prometheus does for classic histograms and for native ones with custom bounds; the
 * lowest bucket is taken to start at zero where it ends above.
 */
export function explicitDistribution({ count, sum, bounds, counts }: ExplicitHistogram): Distribution {
  const buckets: Bucket[] = []
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue
    const upper = bounds[i] ?? Number.POSITIVE_INFINITY
    const lower = bounds[i - 1] ?? (upper > 0 ? 0 : Number.NEGATIVE_INFINITY)
    buckets.push({ lower, upper, count: counts[i]! })
  }
  return { count, sum, buckets, interpolation: 'linear' }
}

function used({ first, counts }: Buckets, schema: number): Bucket[] {
  const buckets: Bucket[] = []
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue
    const index = first + i
    buckets.push({
      lower: upperBound(index - 1, schema),
      upper: upperBound(index, schema),
      count: counts[i]!,
    })
  }
  return buckets
}
