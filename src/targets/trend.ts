/** Where grades are going. */
export interface Trend {
  /** `steady` where the slope is zero or its sign could well be chance. */
  readonly direction: 'improving' | 'declining' | 'steady'
  /** Theil–Sen slope in grade points per hour (4 points lie between F and A). */
  readonly slopePerHour: number
  /** How often chance alone shows a sign as clear as this one, 0–1 (two-sided). */
  readonly pValue: number
  /** Points that were there to judge by. */
  readonly points: number
}

export interface TrendPoint {
  readonly atMs: number
  /** Grade points 0–4, `null` where nothing was measured. */
  readonly value: number | null
}

const FEWEST_POINTS = 10
/** The slopes of all pairs are looked at: more points than this are averaged in groups. */
const MOST_POINTS = 240
const SIGNIFICANT = 0.05
/** Squared grade points that are rounding. */
const NOTHING = 1e-18
const HOUR_MS = 3_600_000

interface Point {
  readonly atMs: number
  readonly value: number
}

/**
 * The trend of grade points; `undefined` under 10 of them. Slope: P. K. Sen, JASA 63 (1968), the median over all
 * pairs. Test: Mann–Kendall with ties; its variance is corrected for lag-1 autocorrelation of the detrended points
 * (S. Yue and C. Wang, Water Resources Management 18, 2004), since grades of neighbouring minutes share most of
 * what they saw.
 *
 * @param points oldest first
 */
export function trend(points: readonly TrendPoint[]): Trend | undefined {
  const known = points.flatMap(({ atMs, value }) => (value === null ? [] : [{ atMs, value }]))
  if (known.length < FEWEST_POINTS) return undefined
  const series = averaged(known)
  const slope = medianSlope(series)
  const pValue = signTest(series, slope)
  const clear = slope !== 0 && pValue < SIGNIFICANT
  return {
    direction: clear ? (slope > 0 ? 'improving' : 'declining') : 'steady',
    slopePerHour: slope * HOUR_MS,
    pValue,
    points: known.length,
  }
}

function averaged(points: readonly Point[]): readonly Point[] {
  const size = Math.ceil(points.length / MOST_POINTS)
  if (size === 1) return points
  const groups: Point[] = []
  for (let i = 0; i < points.length; i += size) {
    const group = points.slice(i, i + size)
    groups.push({ atMs: mean(group.map(({ atMs }) => atMs)), value: mean(group.map(({ value }) => value)) })
  }
  return groups
}

/** Points per ms. */
function medianSlope(points: readonly Point[]): number {
  const slopes: number[] = []
  for (let j = 1; j < points.length; j++) {
    for (let i = 0; i < j; i++) {
      const apartMs = points[j]!.atMs - points[i]!.atMs
      if (apartMs > 0) slopes.push((points[j]!.value - points[i]!.value) / apartMs)
    }
  }
  if (slopes.length === 0) return 0
  const sorted = Float64Array.from(slopes).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function signTest(points: readonly Point[], slope: number): number {
  const n = points.length
  let s = 0
  for (let j = 1; j < n; j++) {
    for (let i = 0; i < j; i++) s += Math.sign(points[j]!.value - points[i]!.value)
  }
  const ties = new Map<number, number>()
  for (const { value } of points) ties.set(value, (ties.get(value) ?? 0) + 1)
  let variance = n * (n - 1) * (2 * n + 5)
  for (const t of ties.values()) variance -= t * (t - 1) * (2 * t + 5)
  if (variance <= 0) return 1
  const residuals = points.map(({ atMs, value }) => value - slope * (atMs - points[0]!.atMs))
  const deviation = Math.sqrt((variance / 18) * inflation(residuals))
  return twoSided(Math.max(0, Math.abs(s) - 1) / deviation)
}

/** By how much likeness of neighbours widens the test's variance, at least 1. */
function inflation(residuals: readonly number[]): number {
  const n = residuals.length
  const middle = mean(residuals)
  let all = 0
  let neighbours = 0
  for (let i = 0; i < n; i++) {
    const here = residuals[i]! - middle
    all += here * here
    if (i > 0) neighbours += here * (residuals[i - 1]! - middle)
  }
  // Points on one line leave only rounding behind, which is no likeness.
  if (all < n * NOTHING) return 1
  // A short series underestimates its autocorrelation; (n·r + 1) / (n − 4) is the usual repair.
  const likeness = Math.min(0.97, ((n * neighbours) / all + 1) / (n - 4))
  if (likeness <= 0) return 1
  let sum = 0
  for (let lag = 1; lag < n; lag++) sum += (1 - lag / n) * likeness ** lag
  return 1 + 2 * sum
}

/** Probability of a standard normal value at least as far from 0. Abramowitz and Stegun 7.1.26, to 1.5·10⁻⁷. */
function twoSided(z: number): number {
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.min(1, series * Math.exp(-x * x))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
