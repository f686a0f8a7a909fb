import type { Notice, NoticeAlert } from '../../alerts/notice.ts'
import { alertSummary } from '../../alerts/notice-text.ts'
import type { Firing } from '../../engine/delivery.ts'
import { iso } from '../../ground/instant.ts'
import { describeAlert, glanceText } from '../alert-description.ts'
import { linkOf } from '../description.ts'
import { oneLine } from '../wording.ts'

/** Four refreshes: one that fails, or an Alertmanager that restarts, must not look like a resolution. */
const FIRES_ON_MS = 240_000
const TEST_MS = 60_000

/** As `POST /api/v2/alerts` takes it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}

export function alertsOfNotice(notice: Notice, nowMs: number): readonly PostedAlert[] {
  const { reason, service, url, alerts } = notice
  // Whether the target is met is no alert's business here: the alert itself resolves by its own rule.
  if (reason === 'success') return []
  return alerts.flatMap((alert) => {
    const test = reason === 'test' ? { test: notice.summary } : {}
    const posted = posting(alert, { service, url, nowMs, ...test })
    const as = (severity: string, endsAt: string): PostedAlert => {
      return { ...posted, labels: { ...posted.labels, severity }, endsAt }
    }
    // The severity is a label, and so part of an alert's identity there: the one it had must not fire on.
    if (reason === 'escalated' || reason === 'de_escalated' || hasChanged(alert)) {
      return [as(alert.severity === 'CRITICAL' ? 'warning' : 'critical', iso(nowMs)), posted]
    }
    if (alert.severity !== 'SUCCESS') return [posted]
    return [as('critical', posted.endsAt), as('warning', posted.endsAt)]
  })
}

/** A notice has one reason, and may tell besides of alerts that have another: what is newer than its firing shows them. */
function hasChanged({ state, firedMs, evidence }: NoticeAlert): boolean {
  return state === 'firing' && evidence.atMs > firedMs
}

export function alertsOfFiring({ service, url, alerts }: Firing, nowMs: number): readonly PostedAlert[] {
  return alerts
    .filter(({ state }) => state === 'firing')
    .map((alert) => posting(alert, { service, url, nowMs }))
}

interface Around {
  readonly service: string
  readonly url: string | undefined
  readonly nowMs: number
  /** Of a test: what it says. */
  readonly test?: string
}

function posting(alert: NoticeAlert, around: Around): PostedAlert {
  const { service, nowMs, test } = around
  const link = linkOf(alert.url ?? around.url)
  const endsMs =
    alert.state === 'resolved'
      ? (alert.resolvedMs ?? nowMs)
      : nowMs + (test === undefined ? FIRES_ON_MS : TEST_MS)
  const labels: Record<string, string> = {
    alertname: test === undefined ? NAMES[alert.policy] : 'YardstickTest',
    service: oneLine(service),
    target: oneLine(alert.target),
    component: oneLine(alert.component),
    ...(alert.policyName === undefined ? {} : { policy: oneLine(alert.policyName) }),
    severity: alert.severity.toLowerCase(),
    ...(alert.series === undefined ? {} : { series: oneLine(alert.series) }),
  }
  return {
    labels,
    annotations: annotationsOf(alert, around),
    startsAt: iso(alert.firedMs),
    // Alertmanager refuses an alert that ends before it starts.
    endsAt: iso(Math.max(endsMs, alert.firedMs)),
    ...(link === undefined ? {} : { generatorURL: link }),
  }
}

// A target can have both kinds of policies: without a name each they would be one alert there.
const NAMES: Readonly<Record<NoticeAlert['policy'], string>> = {
  ratio: 'PerformanceTargetMissed',
  burn_rate: 'PerformanceBudgetBurning',
}

function annotationsOf(alert: NoticeAlert, { nowMs, test }: Around): Readonly<Record<string, string>> {
  const described = describeAlert(alert, nowMs)
  const { rows, contributors, slowest } = described
  const lines = rows.map(({ label, text }) => `${label}: ${text}`)
  return {
    // Its own, the same at every refresh: the notice's speaks of one alert of several, and of why it came.
    summary: oneLine(test ?? alertSummary(alert, nowMs)),
    description: [glanceText(described), ...lines].join('\n'),
    ...(contributors.length === 0
      ? {}
      : { contributors: contributors.map(({ series, text }) => `${series} – ${text}`).join('\n') }),
    ...(slowest === undefined ? {} : { slowest: `${slowest.series} ${slowest.text}` }),
    yardstick_alert: alert.id,
  }
}
