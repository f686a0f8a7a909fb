import type { Bucket, Distribution, Interpolation } from './distribution.ts'

/**
 * The value that a share `q` of the observations did not exceed: `histogram_quantile` of Prometheus
 * (`promql/quantile.go`), so that Grafana shows the same number.
 *
 * @returns in the unit of the observations; −∞ for q < 0, +∞ for q > 1, NaN without observations and where NaN
 *   observations, which count as the highest, would be the answer
 * @example quantile(0.95, exponentialDistribution(histogram))
 */
export function quantile(q: number, distribution: Distribution): number {
  if (q < 0) return Number.NEGATIVE_INFINITY
  if (q > 1) return Number.POSITIVE_INFINITY
  const { count, sum, buckets, interpolation } = distribution
  if (count === 0 || Number.isNaN(q)) return Number.NaN

  // From the nearer end, which loses less to rounding; but NaN observations are in no bucket and count as the
  // highest, so only the way up knows where they start.
  const up = q < 0.5 || Number.isNaN(sum)
  const rank = (up ? q : 1 - q) * count
  let seen = 0
  let last: Bucket | undefined
  for (let i = 0; i < buckets.length; i++) {
    const bucket = buckets[up ? i : buckets.length - 1 - i]!
    const share = (rank - seen) / bucket.count
    seen += bucket.count
    if (seen >= rank) return valueAt(bucket, up ? share : 1 - share, interpolation)
    last = bucket
  }
  return last === undefined || Number.isNaN(sum) ? Number.NaN : last.upper
}

/**
 * Share (0–1) of the observations that lie between the two values: `histogram_fraction` of Prometheus, the inverse
 * of `quantile`. NaN observations are in the whole but in no fraction of it. NaN without observations or if a value
 * is NaN.
 *
 * @example fraction(0, 0.3, distribution) // how many took at most 300 ms, where the unit is seconds
 */
export function fraction(lower: number, upper: number, distribution: Distribution): number {
  if (distribution.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN
  if (lower >= upper) return 0
  return (rankOf(upper, distribution) - rankOf(lower, distribution)) / distribution.count
}

/** How many observations lie below the value. */
function rankOf(value: number, { count, buckets, interpolation }: Distribution): number {
  let rank = 0
  for (const bucket of buckets) {
    if (bucket.lower >= value) break
    rank += bucket.upper > value ? bucket.count * shareBelow(bucket, value, interpolation) : bucket.count
  }
  return Math.min(rank, count)
}

function valueAt(bucket: Bucket, share: number, interpolation: Interpolation): number {
  const { lower, upper } = bucket
  // Right for negative buckets as well: the ratio of two negative bounds is positive.
  if (isLogarithmic(bucket, interpolation)) return lower * (upper / lower) ** share
  if (lower === Number.NEGATIVE_INFINITY) return upper
  return upper === Number.POSITIVE_INFINITY ? lower : lower + (upper - lower) * share
}

function shareBelow(bucket: Bucket, value: number, interpolation: Interpolation): number {
  const { lower, upper } = bucket
  if (isLogarithmic(bucket, interpolation)) return Math.log(value / lower) / Math.log(upper / lower)
  return lower === Number.NEGATIVE_INFINITY ? 1 : (value - lower) / (upper - lower)
}

/** The bucket around zero has no logarithm. */
function isLogarithmic({ lower, upper }: Bucket, interpolation: Interpolation): boolean {
  return interpolation === 'exponential' && (lower > 0 || upper < 0)
}
