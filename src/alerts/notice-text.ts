import { percentage } from '../ground/decimals.ts'
import { formatDuration } from '../ground/duration.ts'
import { formatAsked, formatRatio, percentileName } from '../targets/reason.ts'
import { shortfall } from '../targets/shortfall.ts'
import type { Evidence } from './evidence.ts'
import type { Notice, NoticeAlert, NoticeReason } from './notice.ts'

/**
 * What a notice says in one line: the target, the value and its limit stand in the subject, so that nobody has to
 * open a mail to see how bad it is.
 *
 * @param alerts those that the reason is about
 * @param others how many else of the group fire
 * @example
 * {
 *   summary: 'database: p95 61 ms, limit 25 ms, 2.44 × its limit: CRITICAL (and 1 more; 2 others still fire)',
 *   title: 'database: p95 61 ms, limit 25 ms, 2.44 × its limit (and 1 more; 2 others still fire)',
 * }
 */
export function headlineOf(
  reason: NoticeReason,
  alerts: readonly NoticeAlert[],
  { atMs, others = 0 }: { readonly atMs: number; readonly others?: number },
): Required<Pick<Notice, 'summary' | 'title'>> {
  const [first, ...more] = worstFirst(alerts)
  if (first === undefined) return { summary: 'nothing to tell', title: 'nothing to tell' }
  const rest = [
    ...(more.length === 0 ? [] : [`and ${more.length} more`]),
    ...(others === 0 ? [] : [others === 1 ? '1 other still fires' : `${others} others still fire`]),
  ]
  const besides = rest.length === 0 ? '' : ` (${rest.join('; ')})`
  return {
    summary: `${lineOf(reason, first, atMs)}${severitySuffix(reason, first)}${besides}`,
    title: `${lineOf(reason, first, atMs)}${besides}`,
  }
}

/** What is to be said of one alert by itself, where a notice tells of several. */
export function alertSummary(alert: NoticeAlert, atMs: number): string {
  if (alert.severity === 'SUCCESS') return lineOf('success', alert, atMs)
  const reason = alert.state === 'resolved' ? 'resolved' : 'fired'
  return `${lineOf(reason, alert, atMs)}${severitySuffix(reason, alert)}`
}

/** The target, and the rule by which it fired where that is not the usual one: `database (burn rate)`. */
export function alertName({ target, policy }: Pick<NoticeAlert, 'target' | 'policy'>): string {
  return policy === 'burn_rate' ? `${target} (burn rate)` : target
}

/**
 * Whether an alert is over and its target is not within its limit: somebody ended it by hand, or it came down far enough
 * to recover and no further. `false` where nothing was measured at its end.
 */
export function isStillOver({ evidence, resolvedMs }: NoticeAlert): boolean {
  if (resolvedMs === undefined || evidence.atMs < resolvedMs) return false
  const { burn, ratio } = evidence
  return burn === undefined ? ratio >= 1 : Math.min(burn.long, burn.short) >= burn.factor
}

/** CRITICAL before WARNING, then by how far over the limit. */
export function worstFirst(alerts: readonly NoticeAlert[]): readonly NoticeAlert[] {
  const badness = ({ severity, evidence }: NoticeAlert): number =>
    (severity === 'CRITICAL' ? 1e6 : 0) + Math.min(evidence.ratio, 1e5)
  return alerts.toSorted((one, other) => badness(other) - badness(one))
}

/** All other reasons name it in what they say. */
function severitySuffix(reason: NoticeReason, { severity }: NoticeAlert): string {
  return reason === 'fired' ? `: ${severity}` : ''
}

function lineOf(reason: NoticeReason, alert: NoticeAlert, atMs: number): string {
  const { severity, evidence } = alert
  const name = alertName(alert)
  const stand = standing(evidence)
  switch (reason) {
    case 'fired':
      return `${name}: ${stand}`
    case 'escalated':
      return `${name}: ${stand}: now ${severity}`
    case 'de_escalated':
      return `${name}: ${stand}: down to ${severity}`
    case 'resolved': {
      const { resolvedMs, resolvedBy } = alert
      // Of one that ended long ago nobody knows when, nor how it stood then.
      if (resolvedMs === undefined) return `${name}: resolved since (${stand} when it was told)`
      const by = resolvedBy === undefined ? '' : ` by ${resolvedBy}`
      const after = formatDuration(Math.max(0, resolvedMs - alert.firedMs))
      return `${name}: resolved${by} after ${after}; ${isStillOver(alert) ? 'still ' : ''}${stand}`
    }
    case 'success':
      return `${name}: target met again; ${stand}`
    case 'repeated':
      return `${name}: still ${severity} after ${formatDuration(Math.max(0, atMs - alert.firedMs))}; ${stand}`
    case 'stale':
      return `${name}: ${severity}, and nothing was measured for an hour or more`
    case 'test':
      return `${name}: a test, nothing is wrong`
  }
}

/** A hit rate 0–1 that was found: `hit rate 92.75 %`. */
export function hitRateText(share: number): string {
  return `hit rate ${percentage(100 * share)} %`
}

/**
 * `p95 61 ms, limit 25 ms, 2.44 × its limit`; where failures are the reason, `only 81.2 % ok and under 100 ms, 95 %
 * needed, 81 failed, 3.63 × the failures it allows`.
 */
export function standing({ indicator, ratio, burn, n, bad, failed }: Evidence): string {
  if (burn !== undefined) {
    const { long, short, factor, capped } = burn
    const limit = `${formatRatio(factor)} ×${capped ? ' (all that the objective allows)' : ''}`
    return `burns its error budget ${formatRatio(Math.min(long, short))} × too fast, limit ${limit}`
  }
  if (n === 0) return 'nothing measured'
  if (indicator.kind === 'hit_rate') {
    const times = `${formatRatio(ratio)} × the misses it allows`
    return `${hitRateText(indicator.value)}, limit ${formatAsked(indicator.share)}, ${times}`
  }
  const short = shortfall({ ...indicator, ratio, n, bad, failed })
  if (short !== undefined) {
    const times = short.ofFailures ? `, ${formatRatio(ratio)} × the failures it allows` : ''
    return `${short.found}, ${short.needed}${times}`
  }
  const { percentile, valueMs, limitMs } = indicator
  const value = `${percentileName(percentile)} ${formatDuration(valueMs)}`
  return `${value}, limit ${formatDuration(limitMs)}, ${formatRatio(ratio)} × its limit`
}
