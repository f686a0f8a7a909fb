import { FIRST_BUCKET, upperBoundMs } from './bucket.ts'
import { BucketCounts } from './bucket-counts.ts'

/**
 * Durations by buckets of schema 6. Counts are exact whole numbers, so adding and subtracting in any order gives the
 * same histogram.
 */
export class Histogram extends BucketCounts {
  /**
   * The duration that a share `q` of the operations did not exceed, in ms; `undefined` when there were none.
   * Within 1.1 % of the true sample value. Formula: `histogram_quantile` of Prometheus 3 for native histograms
   * (`promql/quantile.go`), exponential interpolation, so that Grafana shows the same number.
   */
  quantileMs(q: number): number | undefined {
    const total = this.total()
    if (total === 0) return undefined
    // From the nearer end, which loses less to rounding.
    const down = q >= 0.5
    const { place, part } = this.reach((down ? 1 - q : q) * total, down)
    return within(place, down ? 1 - part : part)
  }

  /** Share (0–1) of the operations that took less than `limitMs`, interpolated within its bucket; NaN if none. */
  shareUnder(limitMs: number): number {
    let under = 0
    let total = 0
    this.visit((place, count) => {
      total += count
      under += count * shareOfBucketUnder(place, limitMs)
    })
    return under / total
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
