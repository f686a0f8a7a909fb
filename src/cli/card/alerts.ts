import { alertName } from '../../alerts/notice-text.ts'
import { formatDuration } from '../../ground/duration.ts'
import { formatAsked, formatRatio, percentileName } from '../../targets/reason.ts'
import { shortfall } from '../../targets/shortfall.ts'
import { fitted, hung, padded } from './columns.ts'
import type { AlertData } from './data.ts'
import { painted } from './ink.ts'
import type { Paper } from './table.ts'
import { shareText } from './wording.ts'

const SEVERITY_COLUMNS = 'CRITICAL'.length

/** Alerts, at most `most` of them, and how many more there are; each on one line where there is room. */
export function alertLines(alerts: readonly AlertData[], most: number, paper: Paper): string[] {
  const { width, color } = paper
  const shown = alerts.slice(0, most).flatMap((alert) => {
    const severity = padded(fitted(alert.severity, SEVERITY_COLUMNS), SEVERITY_COLUMNS, 'start')
    const ink = alert.status === 'resolved' ? 'faint' : alert.severity === 'CRITICAL' ? 'worst' : 'fair'
    const [first = '', ...more] = hung(`${severity}  `, alertPieces(alert), width, ' · ')
    return [painted(severity, ink, color) + first.slice(severity.length), ...more]
  })
  const rest = alerts.length - most
  return rest > 0 ? [...shown, painted(fitted(`… and ${rest} more`, width), 'faint', color)] : shown
}

/** `database`, `p95 60 ms, limit 25 ms, 2.4 ×`, `20 s`, `acknowledged by ann`: what matters most comes first. */
export function alertPieces(alert: AlertData): readonly string[] {
  const { durationMs, stale, acknowledgedBy, silencedBy, status } = alert
  return [
    alertName(alert),
    ...standing(alert),
    `${status === 'resolved' ? 'resolved after ' : ''}${formatDuration(durationMs)}`,
    ...(stale ? ['nothing is measured'] : []),
    ...(acknowledgedBy === '' ? [] : [`acknowledged by ${acknowledgedBy}`]),
    ...(silencedBy === '' ? [] : [`silenced by ${silencedBy}`]),
  ]
}

function standing({ percentile, value, limit, ratio, n, bad, failed, burn }: AlertData): readonly string[] {
  if (burn !== null) return [`burns its budget ${formatRatio(burn)} × too fast`]
  if (value === null || limit === null || ratio === null) return []
  const times = `${formatRatio(ratio)} ×`
  if (percentile === null) return [`hits ${shareText(value)}, limit ${formatAsked(limit)}, ${times}`]
  const facts = { percentile, valueMs: value, limitMs: limit, ratio, n, bad, failed: failed ?? undefined }
  const short = shortfall(facts)
  if (short === undefined) {
    return [
      `${percentileName(percentile)} ${formatDuration(value)}, limit ${formatDuration(limit)}, ${times}`,
    ]
  }
  return [`${short.found}, ${short.needed}${short.ofFailures ? `, ${times} the failures it allows` : ''}`]
}
