import { formatDuration } from '../ground/duration.ts'
import type { Evidence } from './evidence.ts'
import type { NoticeAlert, NoticeReason } from './notice.ts'

/**
 * What a notice says in one line: the target, the value and its limit stand in the subject, so that nobody has to
 * open a mail to see how bad it is.
 *
 * @param alerts those that the reason is about
 * @param others how many else of the group fire; without a word of them, an alert under WARNING in a CRITICAL notice
 *   would read as critical
 * @example 'database: p95 61 ms, limit 25 ms, 2.4 × its limit: CRITICAL (and 1 more; 2 others still fire)'
 */
export function summaryOf(
  reason: NoticeReason,
  alerts: readonly NoticeAlert[],
  { atMs, others = 0 }: { readonly atMs: number; readonly others?: number },
): string {
  const [first, ...more] = worstFirst(alerts)
  if (first === undefined) return 'nothing to tell'
  const rest = [
    ...(more.length === 0 ? [] : [`and ${more.length} more`]),
    ...(others === 0 ? [] : [others === 1 ? '1 other still fires' : `${others} others still fire`]),
  ]
  return `${lineOf(reason, first, atMs)}${rest.length === 0 ? '' : ` (${rest.join('; ')})`}`
}

/** What is to be said of one alert by itself, where a notice tells of several. */
export function alertSummary(alert: NoticeAlert, atMs: number): string {
  if (alert.severity === 'SUCCESS') return lineOf('success', alert, atMs)
  return lineOf(alert.state === 'resolved' ? 'resolved' : 'fired', alert, atMs)
}

/** CRITICAL before WARNING, then by how far over the limit. */
export function worstFirst(alerts: readonly NoticeAlert[]): readonly NoticeAlert[] {
  const badness = ({ severity, evidence }: NoticeAlert): number =>
    (severity === 'CRITICAL' ? 1e6 : 0) + Math.min(evidence.ratio, 1e5)
  return alerts.toSorted((one, other) => badness(other) - badness(one))
}

function lineOf(reason: NoticeReason, alert: NoticeAlert, atMs: number): string {
  const { target, severity, evidence } = alert
  const stand = standing(evidence)
  switch (reason) {
    case 'fired':
      return `${target}: ${stand}: ${severity}`
    case 'escalated':
      return `${target}: ${stand}: now ${severity}`
    case 'de_escalated':
      return `${target}: ${stand}: down to ${severity}`
    case 'resolved':
      return `${target}: resolved after ${formatDuration((alert.resolvedMs ?? atMs) - alert.firedMs)}; ${stand}`
    case 'success':
      return `${target}: target met again; ${stand}`
    case 'repeated':
      return `${target}: still ${severity} after ${formatDuration(atMs - alert.firedMs)}; ${stand}`
    case 'stale':
      return `${target}: ${severity}, and nothing was measured for an hour or more`
    case 'test':
      return `${target}: a test, nothing is wrong`
  }
}

/** `p95 61 ms, limit 25 ms, 2.4 × its limit`. */
export function standing({ indicator, ratio, burn, n }: Evidence): string {
  if (burn !== undefined) {
    const { long, short, factor, capped } = burn
    const limit = `${figure(factor)} ×${capped ? ' (all that the objective allows)' : ''}`
    return `burns its error budget ${figure(Math.min(long, short))} × too fast, limit ${limit}`
  }
  if (n === 0) return 'nothing measured'
  if (indicator.kind === 'hit_rate') {
    const times = `${figure(ratio)} × the misses it allows`
    return `hit rate ${percent(indicator.value)}, limit ${percent(indicator.share)}, ${times}`
  }
  const { percentile, valueMs, limitMs } = indicator
  const name = `p${Number((percentile * 100).toFixed(4))}`
  return `${name} ${formatDuration(valueMs)}, limit ${formatDuration(limitMs)}, ${figure(ratio)} × its limit`
}

function figure(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 2 : 1)))
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}
