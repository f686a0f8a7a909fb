import assert from 'node:assert/strict'

/** How far a reported percentile may lie from the true one (semantics.md, Percentiles). */
export const ERROR = 0.011

/**
 * The order statistics that a percentile may stand for: the one that Prometheus' rank rule selects, counted from the
 * slowest, and either neighbour where (1 − q)·n is whole (decisions.md 16).
 *
 * @param sorted ascending, not empty
 */
export function orderStatistics(sorted: ArrayLike<number>, q: number): readonly number[] {
  const n = sorted.length
  const rank = (1 - q) * n
  const whole = Math.round(rank)
  const ranks = Math.abs(rank - whole) < 1e-6 ? [whole, whole + 1] : [Math.ceil(rank)]
  return ranks.map((fromSlowest) => sorted[n - Math.min(Math.max(fromSlowest, 1), n)]!)
}

/** Asserts that a reported percentile of these durations lies within 1.1 % of the true one. */
export function assertPercentile(
  reportedMs: number | undefined,
  sorted: ArrayLike<number>,
  q: number,
  what: string,
): void {
  const wanted = orderStatistics(sorted, q)
  assert.ok(
    reportedMs !== undefined && wanted.some((trueMs) => Math.abs(reportedMs - trueMs) <= ERROR * trueMs),
    `${what}: p${100 * q} is ${wanted.join(' or ')} ms, reported ${reportedMs} ms (n ${sorted.length})`,
  )
}

/**
 * The same between two observers: every duration is known to lie between what one saw and what the other saw, and so
 * does every order statistic.
 *
 * @param shorter ascending: of each operation a duration that is surely not longer
 * @param longer ascending, of the same length: of each a duration that is surely not shorter
 * @param roundedMs what rounding may have moved the reported one by
 */
export function assertPercentileBetween(
  reportedMs: number | null,
  shorter: ArrayLike<number>,
  longer: ArrayLike<number>,
  q: number,
  roundedMs: number,
  what: string,
): void {
  const least = Math.min(...orderStatistics(shorter, q)) * (1 - ERROR) - roundedMs
  const most = Math.max(...orderStatistics(longer, q)) * (1 + ERROR) + roundedMs
  assert.ok(
    reportedMs !== null && reportedMs >= least && reportedMs <= most,
    `${what}: p${100 * q} lies in ${least} … ${most} ms, reported ${reportedMs} ms (n ${shorter.length})`,
  )
}
