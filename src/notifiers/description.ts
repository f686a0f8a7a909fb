import type { Notice, NoticeAlert, NoticeSeverity } from '../alerts/notice.ts'
import { isStillOver } from '../alerts/notice-text.ts'
import { type AlertDescription, describeAlert } from './alert-description.ts'
import { oneLine, timeText } from './wording.ts'

export type { AlertDescription } from './alert-description.ts'

const MOST_ALERTS = 10

/**
 * A notice in words, the same for every medium: plain text, one line each, of bounded length. Whoever sends it
 * escapes it as its medium needs, and leaves out what has no room there.
 */
export interface Description {
  /** What the title tells of: `WARNING`; and where something worse fires besides, how bad it is: `group: CRITICAL`. */
  readonly badges: readonly [Badge, ...Badge[]]
  /** Of the worst of them. */
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

export interface Badge {
  /** `CRITICAL`, `WARNING`, `RESOLVED`, `SUCCESS`, `TEST`, `group: CRITICAL`, `group: WARNING`. */
  readonly text: string
  readonly tone: Tone
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

/** Who ends an alert by hand does not end what it was about. */
function endOf(notice: Notice): string {
  const alerts = endedIn(notice)
  if (alerts.some(isStillOver)) return 'It no longer alerts, but is still over its limit.'
  return alerts.some(({ resolvedBy }) => resolvedBy !== undefined) ? 'It no longer alerts.' : REASONS.resolved
}

/** Tried again, a notice may list other alerts of its group that have ended since. */
function endedIn({ alerts, about = 1 }: Notice): readonly NoticeAlert[] {
  return alerts.slice(0, about)
}

/** @example describe(notice).title // 'shop: database: p95 61 ms, limit 25 ms, 2.44 × its limit' */
export function describe(notice: Notice): Description {
  const { reason, service, alerts, atMs, summary, title = summary } = notice
  const link = linkOf(notice.url)
  const badges = badgesOf(notice)
  return {
    badges,
    tone: badges.at(-1)!.tone,
    title: `${oneLine(service, 60)}: ${oneLine(title)}`,
    reason: reason === 'resolved' ? endOf(notice) : REASONS[reason],
    time: timeText(atMs),
    atMs,
    alerts: alerts.slice(0, MOST_ALERTS).map((alert) => describeAlert(alert, atMs)),
    notes: notesOf(notice, alerts.slice(MOST_ALERTS)),
    ...(link === undefined ? {} : { link }),
  }
}

const TONES: Readonly<Record<NoticeSeverity, Tone>> = {
  CRITICAL: 'critical',
  WARNING: 'warning',
  SUCCESS: 'good',
}

/** Those of the alert that the notice is about and of its group: a new WARNING beside a CRITICAL is both. */
function badgesOf(notice: Notice): Description['badges'] {
  const { reason, severity, alerts } = notice
  if (reason === 'test') return [{ text: 'TEST', tone: 'neutral' }]
  const found = alerts[0]?.severity ?? severity
  const badge: Badge =
    reason === 'resolved'
      ? { text: 'RESOLVED', tone: endedIn(notice).some(isStillOver) ? 'neutral' : 'good' }
      : { text: found, tone: TONES[found] }
  if (severity === 'SUCCESS' || severity === badge.text) return [badge]
  return [badge, { text: `group: ${severity}`, tone: TONES[severity] }]
}

/** The badges where there is room for text only: `WARNING, group: CRITICAL`. */
export function badgeText({ badges }: Pick<Description, 'badges'>): string {
  return badges.map(({ text }) => text).join(', ')
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
