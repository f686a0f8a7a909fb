import { burnJson } from '../../alerts/burn-json.ts'
import type { Evidence } from '../../alerts/evidence.ts'
import type { Notice, NoticeAlert } from '../../alerts/notice.ts'
import { ms, msOrNull, percentage, ratio, share } from '../../ground/decimals.ts'
import { iso } from '../../ground/instant.ts'
import type { Example } from '../../measure/slow-request.ts'
import { describe, linkOf } from '../description.ts'
import { plainText } from '../plain-text.ts'

/** Raised when a field changes its meaning; new fields do not raise it. */
const VERSION = 1

/** What a webhook is sent, named as in the API; `text` is the whole notice for people. */
export function webhookBody(notice: Notice): string {
  const { id, reason, summary, service, atMs, severity, group, alerts, url, instanceOnly } = notice
  return JSON.stringify({
    version: VERSION,
    id,
    reason,
    severity,
    service,
    summary,
    timestamp: iso(atMs),
    group,
    url: linkOf(url) ?? null,
    instance_only: instanceOnly ?? false,
    alerts: alerts.map(alertJson),
    text: plainText(describe(notice)),
  })
}

function alertJson(alert: NoticeAlert): object {
  const { id, target, component, series, policy, state, severity, firedMs, resolvedMs, resolvedBy } = alert
  return {
    id,
    target,
    component,
    series: series ?? null,
    policy,
    state,
    severity,
    fired: iso(firedMs),
    resolved: resolvedMs === undefined ? null : iso(resolvedMs),
    resolved_by: resolvedBy ?? null,
    acknowledged: alert.acknowledged ?? null,
    url: linkOf(alert.url) ?? null,
    evidence: evidenceJson(alert.evidence),
  }
}

/** With the decimals of the API: more of them would be noise. */
function evidenceJson(evidence: Evidence): object {
  const { indicator, contributors, slowest, lastChange, burn, failed } = evidence
  return {
    timestamp: iso(evidence.atMs),
    since: iso(evidence.sinceMs),
    window: evidence.window,
    ...(indicator.kind === 'latency'
      ? { percentile: indicator.percentile, value_ms: ms(indicator.valueMs), limit_ms: indicator.limitMs }
      : { hit_rate: share(indicator.value), hit_rate_target: indicator.share }),
    ratio: ratio(evidence.ratio),
    operations: evidence.n,
    bad: Math.round(evidence.bad),
    failed: failed === undefined ? null : Math.round(failed),
    compliance_percentage: percentage(evidence.compliance),
    burn: burn === undefined ? null : burnJson(burn),
    contributors: contributors.map((each) => ({
      series: each.series,
      bad: Math.round(each.bad),
      operations: each.n,
      share: share(each.share),
      p95_ms: msOrNull(each.p95Ms),
    })),
    slowest: slowest === undefined ? null : exampleJson(slowest),
    last_change: lastChange === undefined ? null : { timestamp: iso(lastChange.atMs), name: lastChange.name },
    in_flight: Math.round(evidence.inFlight),
    users: Math.round(evidence.users),
  }
}

function exampleJson({ atMs, series, durationMs, failed, breakdown, ownMs, traceId }: Example): object {
  return {
    timestamp: iso(atMs),
    series,
    duration_ms: ms(durationMs),
    failed,
    breakdown: breakdown.map(({ component, calls, wallMs }) => ({ component, calls, wall_ms: ms(wallMs) })),
    own_ms: ms(ownMs),
    trace_id: traceId ?? null,
  }
}
