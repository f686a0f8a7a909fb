import type { Notice, NoticeAlert } from '../../alerts/notice.ts'
import { alertSummary } from '../../alerts/notice-text.ts'
import { iso } from '../../ground/instant.ts'
import { describeAlert, glanceText } from '../alert-description.ts'
import { type Description, describe, linkOf } from '../description.ts'
import { oneLine } from '../wording.ts'

/** PagerDuty refuses more than 1024 characters; a picture counts as two or more. */
const LONGEST_SUMMARY = 500

/** Of the Events API v2, without the routing key. */
export interface PagerdutyEvent {
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve'
  readonly dedup_key: string
  readonly client: string
  readonly client_url?: string
  readonly links?: readonly { readonly href: string; readonly text: string }[]
  readonly payload: {
    readonly summary: string
    readonly source: string
    readonly severity: 'critical' | 'warning' | 'info'
    readonly timestamp: string
    readonly component: string
    readonly group: string
    readonly class: string
    readonly custom_details: Readonly<Record<string, string>>
  }
}

/** One event an alert; a test opens an incident of the lowest urgency and resolves it at once. */
export function eventsOf(notice: Notice): readonly PagerdutyEvent[] {
  const description = describe(notice)
  return notice.alerts.flatMap((alert) => {
    const event = eventOf(alert, notice, description)
    return notice.reason === 'test' ? [event, { ...event, event_action: 'resolve' as const }] : [event]
  })
}

function eventOf(alert: NoticeAlert, notice: Notice, description: Description): PagerdutyEvent {
  const link = linkOf(alert.url) ?? description.link
  return {
    event_action: actionOf(alert, notice),
    dedup_key: alert.id,
    client: 'Yardstick',
    ...(link === undefined ? {} : { client_url: link, links: [{ href: link, text: 'Details' }] }),
    payload: {
      summary: summaryOf(alert, notice),
      source: oneLine(notice.service),
      severity: severityOf(alert, notice),
      timestamp: iso(alert.evidence.atMs),
      component: oneLine(alert.component),
      group: oneLine(notice.group),
      class: alert.policy,
      custom_details: detailsOf(alert, notice, description),
    },
  }
}

/** A repeated notice must not page whoever has acknowledged; one that tells of something worse must. */
function actionOf(alert: NoticeAlert, { reason }: Notice): PagerdutyEvent['event_action'] {
  if (alert.state === 'resolved') return 'resolve'
  const news = reason === 'fired' || reason === 'escalated'
  return alert.acknowledged !== undefined && !news ? 'acknowledge' : 'trigger'
}

function severityOf({ severity }: NoticeAlert, { reason }: Notice): 'critical' | 'warning' | 'info' {
  if (reason === 'test' || severity === 'SUCCESS') return 'info'
  return severity === 'CRITICAL' ? 'critical' : 'warning'
}

function summaryOf(alert: NoticeAlert, notice: Notice): string {
  const summary = notice.alerts.length === 1 ? notice.summary : alertSummary(alert, notice.atMs)
  return oneLine(`${notice.service}: ${summary}`, LONGEST_SUMMARY)
}

function detailsOf(
  alert: NoticeAlert,
  notice: Notice,
  { reason, notes }: Description,
): Readonly<Record<string, string>> {
  const described = describeAlert(alert, notice.atMs)
  const { name, rows, contributors, slowest } = described
  const parts = slowest?.parts.map((part) => `${part.name}: ${part.text}`) ?? []
  return {
    Reason: reason,
    Target: name,
    Measured: glanceText(described),
    ...Object.fromEntries(rows.map(({ label, text }) => [label, text])),
    ...(contributors.length === 0
      ? {}
      : { 'Most of it': contributors.map(({ series, text }) => `${series} – ${text}`).join('\n') }),
    ...(slowest === undefined
      ? {}
      : { 'Slowest example': [`${slowest.series} ${slowest.text}`, ...parts].join('\n') }),
    ...(slowest?.traceId === undefined ? {} : { Trace: slowest.traceId }),
    ...(notes.length === 0 ? {} : { Note: notes.join(' ') }),
  }
}
