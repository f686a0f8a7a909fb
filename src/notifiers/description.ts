import type { Notice, NoticeAlert } from '../alerts/notice.ts'
import { type AlertDescription, describeAlert } from './alert-description.ts'
import { oneLine, timeText } from './wording.ts'

export type { AlertDescription } from './alert-description.ts'

const MOST_ALERTS = 10

/**
 * A notice in words, the same for every medium: plain text, one line each, of bounded length. Whoever sends it
 * escapes it as its medium needs, and leaves out what has no room there.
 */
export interface Description {
  /** `CRITICAL`, `WARNING`, `RESOLVED`, `SUCCESS`, `TEST`. */
  readonly badge: string
  readonly tone: Tone
  /** `shop: database: p95 61 ms, limit 25 ms, 2.44 × its limit`; the badge beside it says how bad that is. */
  readonly title: string
  /** Why it speaks now. */
  readonly reason: string
  readonly time: string
  readonly atMs: number
  readonly alerts: readonly AlertDescription[]
  /** Said below them: alerts that had no room, what one should know of this notice. */
  readonly notes: readonly string[]
  /** Where all of it can be read; only http and https. */
  readonly link?: string
}

export type Tone = 'critical' | 'warning' | 'good' | 'neutral'

const REASONS: Readonly<Record<Notice['reason'], string>> = {
  fired: 'A new alert fires.',
  escalated: 'It became worse.',
  de_escalated: 'It became better, but still fires.',
  resolved: 'It is over.',
  success: 'The target is met again.',
  repeated: 'It still fires; nothing else is new.',
  stale: 'It still fires, but nothing was measured for an hour: nobody knows how it is now.',
  test: 'Somebody tries out whether notices get through. Nothing is wrong.',
}

/** @example describe(notice).title // 'shop: database: p95 61 ms, limit 25 ms, 2.44 × its limit' */
export function describe(notice: Notice): Description {
  const { reason, service, alerts, atMs } = notice
  const link = linkOf(notice.url)
  return {
    badge: badgeOf(notice),
    tone: toneOf(notice),
    title: `${oneLine(service, 60)}: ${titleOf(notice)}`,
    reason: REASONS[reason],
    time: timeText(atMs),
    atMs,
    alerts: alerts.slice(0, MOST_ALERTS).map((alert) => describeAlert(alert, atMs)),
    notes: notesOf(notice, alerts.slice(MOST_ALERTS)),
    ...(link === undefined ? {} : { link }),
  }
}

/** The summary without the severity that the badge says; one that differs, of a new WARNING beside others, stays. */
function titleOf(notice: Notice): string {
  const severity = /: (CRITICAL|WARNING)(?=$| \([^()]*\)$)/
  return oneLine(notice.summary).replace(severity, (said, named) => (named === badgeOf(notice) ? '' : said))
}

function badgeOf({ reason, severity }: Notice): string {
  if (reason === 'test') return 'TEST'
  return reason === 'resolved' ? 'RESOLVED' : severity
}

function toneOf({ reason, severity }: Notice): Tone {
  if (reason === 'test') return 'neutral'
  if (reason === 'resolved' || severity === 'SUCCESS') return 'good'
  return severity === 'CRITICAL' ? 'critical' : 'warning'
}

function notesOf(notice: Notice, left: readonly NoticeAlert[]): readonly string[] {
  const notes: string[] = []
  if (left.length > 0) notes.push(`… and ${left.length} more: the API lists all of them.`)
  if (notice.instanceOnly === true) {
    notes.push('Only what one instance saw: the store is out of reach, so other instances are not in it.')
  }
  return notes
}

/** An address that may be linked to: of http and https only. */
export function linkOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const { protocol, href } = new URL(url)
  return protocol === 'https:' || protocol === 'http:' ? href : undefined
}
