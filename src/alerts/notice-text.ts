import { formatDuration } from '../ground/duration.ts'
import type { Evidence } from './evidence.ts'
import type { NoticeAlert, NoticeReason } from './notice.ts'

/**
 * What a notice says in one line: the target, the value and its limit stand in the subject, so that nobody has to
 * open a mail to see how bad it is.
 *
 * @example 'database: p95 61 ms, limit 25 ms, 2.4 × its limit: CRITICAL'
 */
export function summaryOf(reason: NoticeReason, alerts: readonly NoticeAlert[], atMs: number): string {
  const [first, ...more] = leading(reason, alerts)
  if (first === undefined) return 'nothing to tell'
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`
  return `${lineOf(reason, first, atMs)}${rest}`
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

/** Those that the reason is about come first, the worst of them at the front. */
function leading(reason: NoticeReason, alerts: readonly NoticeAlert[]): readonly NoticeAlert[] {
  const about = (alert: NoticeAlert): boolean =>
    alert.state === (reason === 'resolved' || reason === 'success' ? 'resolved' : 'firing')
  const urgency = (alert: NoticeAlert): number =>
    (about(alert) ? 1e9 : 0) + (alert.severity === 'CRITICAL' ? 1e6 : 0) + Math.min(alert.evidence.ratio, 1e5)
  return [...alerts].sort((one, other) => urgency(other) - urgency(one))
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
