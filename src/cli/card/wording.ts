import { cut } from '../../ground/decimals.ts'
import { formatDuration } from '../../ground/duration.ts'
import { percentileName } from '../../targets/reason.ts'
import { fitted } from './columns.ts'
import type { TargetData } from './data.ts'

/** Nothing was measured. */
export const NOTHING = '–'
const LONGEST_REASON = 30

export function durationText(durationMs: number | null): string {
  return durationMs === null ? NOTHING : formatDuration(durationMs)
}

/** `41.2/s`; two digits under 10. */
export function rateText(perSecond: number | null): string {
  if (perSecond === null) return NOTHING
  return `${Number(perSecond.toFixed(perSecond < 10 ? 2 : perSecond < 100 ? 1 : 0))}/s`
}

/** A share 0–1 as `96.8 %`: cut, not rounded, so that it never reads as a limit it did not reach. */
export function shareText(share: number | null, digits = 1): string {
  if (share === null) return NOTHING
  const steps = 10 ** digits
  const shown = cut(share * 100, steps)
  if (shown === 0 && share > 0) return `< ${1 / steps} %`
  return `${shown} %`
}

export function percentText(percentage: number | null): string {
  return shareText(percentage === null ? null : percentage / 100)
}

/** `B`, or `B (A–C)` where the interval holds more than one letter; `?` marks low confidence. */
export function gradeText(target: TargetData): string {
  const { grade, range, lowConfidence } = target
  if (grade === null) return NOTHING
  const [best, worst] = range
  const spread = best === undefined || worst === undefined || best === worst ? '' : ` (${best}–${worst})`
  return `${grade}${spread}${lowConfidence ? '?' : ''}`
}

/** The indicator against its limit: `p95 38.2 ms < 50 ms`, `96.8 % > 95 %`; the sign is what was found, not asked. */
export function indicatorText(target: TargetData): string {
  const { value, limit, percentile } = target
  if (value === null || limit === null) return fitted(target.reason, LONGEST_REASON)
  return percentile === null
    ? `hits ${hitRate(value, limit, target.status)}`
    : `${percentileName(percentile)} ${latency(value, limit, target.status)}`
}

function latency(valueMs: number, limitMs: number, status: string): string {
  const value = formatDuration(valueMs)
  const limit = formatDuration(limitMs)
  // Exact counters decide; the percentile beside them may stand on the limit's other side by a hair, or operations
  // failed fast. Then both are shown, and the grade says which.
  if (value === limit) return status === 'met' ? `< ${limit}` : `≥ ${limit}`
  return `${value} ${valueMs < limitMs ? '<' : '≥'} ${limit}`
}

function hitRate(value: number, limit: number, status: string): string {
  const digits =
    [1, 2, 3, 4].find((each) => status !== 'met' || shareText(value, each) !== shareText(limit, each)) ?? 4
  return `${shareText(value, digits)} ${value > limit ? '>' : '≤'} ${shareText(limit, digits)}`
}
