import { formatDuration } from '../../ground/duration.ts'
import { percentileName } from '../../targets/reason.ts'
import { fitted, padded } from './columns.ts'
import type { AlertData } from './data.ts'
import { painted } from './ink.ts'
import type { Paper } from './table.ts'
import { shareText } from './wording.ts'

const SEVERITY_COLUMNS = 'CRITICAL'.length

/** One line for each alert, at most `most` of them, and how many more there are. */
export function alertLines(alerts: readonly AlertData[], most: number, paper: Paper): string[] {
  const { width, color } = paper
  const shown = alerts.slice(0, most).map((alert) => {
    const severity = padded(fitted(alert.severity, SEVERITY_COLUMNS), SEVERITY_COLUMNS, 'start')
    const room = Math.max(0, width - SEVERITY_COLUMNS - 2)
    const ink = alert.status === 'resolved' ? 'faint' : alert.severity === 'CRITICAL' ? 'worst' : 'fair'
    return `${painted(severity, ink, color)}  ${fitted(alertText(alert), room)}`
  })
  const rest = alerts.length - shown.length
  return rest > 0 ? [...shown, painted(fitted(`… and ${rest} more`, width), 'faint', color)] : shown
}

/** `database · p95 60 ms, limit 25 ms, 2.4 × · 20 s · acknowledged by ann`: what matters most comes first. */
export function alertText(alert: AlertData): string {
  const { target, durationMs, stale, acknowledgedBy, silencedBy, status } = alert
  return [
    target,
    ...standing(alert),
    `${status === 'resolved' ? 'resolved after ' : ''}${formatDuration(durationMs)}`,
    ...(stale ? ['nothing is measured'] : []),
    ...(acknowledgedBy === '' ? [] : [`acknowledged by ${acknowledgedBy}`]),
    ...(silencedBy === '' ? [] : [`silenced by ${silencedBy}`]),
  ].join(' · ')
}

function standing({ percentile, value, limit, ratio, burn }: AlertData): readonly string[] {
  if (burn !== null) return [`burns its budget ${figure(burn)} × too fast`]
  if (value === null || limit === null || ratio === null) return []
  const text =
    percentile === null
      ? `hits ${shareText(value)}, limit ${shareText(limit)}`
      : `${percentileName(percentile)} ${formatDuration(value)}, limit ${formatDuration(limit)}`
  return [`${text}, ${figure(ratio)} ×`]
}

function figure(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 2 : 1)))
}
