import type { Evidence } from '../alerts/evidence.ts'
import type { NoticeAlert } from '../alerts/notice.ts'
import { alertName, hitRateText } from '../alerts/notice-text.ts'
import { remarked } from '../alerts/remarked.ts'
import { formatDuration } from '../ground/duration.ts'
import type { Example } from '../measure/slow-request.ts'
import { formatAsked, formatCount, percentileName } from '../targets/reason.ts'
import { shortfall } from '../targets/shortfall.ts'
import { beforeText, countText, oneLine, shareText, timesText, timeText } from './wording.ts'

type Burn = NonNullable<Evidence['burn']>

/** From here on figures say when they are from. */
const OLD_MS = 60_000

/** One alert in words. */
export interface AlertDescription {
  readonly id: string
  /** The target's name, with the rule by which it fired where that is not the usual one. */
  readonly name: string
  readonly component: string
  /** `CRITICAL`, `WARNING`, `RESOLVED`, `SUCCESS`. */
  readonly badge: string
  /**
   * What its rule found against what it asks, for a glance: `p95 62.4 ms`, `limit 25 ms`; `burn rate 7.2 ×`, `limit 6 ×`;
   * `only 81.2 % ok and under 100 ms`, `95 % needed, 81 failed`.
   */
  readonly value: string
  readonly limit: string
  /** `2.49 ×`; burn rates are multiples themselves. */
  readonly ratio?: string
  readonly rows: readonly Row[]
  readonly contributors: readonly Contributor[]
  readonly slowest?: SlowestDescription
}

export interface Row {
  readonly label: string
  readonly text: string
}

export interface Contributor {
  readonly series: string
  readonly text: string
  /** 0–1, of all that is bad. */
  readonly share: number
}

export interface SlowestDescription {
  readonly series: string
  /** `took 412 ms and failed, 2026-01-15 11:59:57 UTC`. */
  readonly text: string
  /** Where its time went, most first. */
  readonly parts: readonly { readonly name: string; readonly text: string; readonly share: number }[]
  readonly traceId?: string
}

export function describeAlert(alert: NoticeAlert, nowMs: number): AlertDescription {
  const { evidence } = alert
  const slowest = slowestOf(evidence.slowest)
  return {
    id: alert.id,
    name: oneLine(alertName(alert)),
    component: oneLine(alert.component),
    badge: alert.state === 'resolved' ? 'RESOLVED' : alert.severity,
    ...(evidence.burn === undefined ? indicatorOf(evidence) : burnRateOf(evidence.burn)),
    rows: rowsOf(alert, nowMs),
    contributors: evidence.contributors.map((each) => contributorOf(each, evidence)),
    ...(slowest === undefined ? {} : { slowest }),
  }
}

type Glance = Pick<AlertDescription, 'value' | 'limit' | 'ratio'>

/** `p95 62.4 ms, limit 25 ms: 2.49 ×`. */
export function glanceText({ value, limit, ratio }: Glance): string {
  return `${value}, ${limit}${ratio === undefined ? '' : `: ${ratio}`}`
}

/** The slower of the two windows is the one that has to be over. */
function burnRateOf({ long, short, factor }: Burn): Glance {
  return { value: `burn rate ${timesText(Math.min(long, short))}`, limit: `limit ${timesText(factor)}` }
}

function indicatorOf({ indicator, ratio, n, bad, failed }: Evidence): Glance {
  if (indicator.kind === 'hit_rate') {
    return {
      value: hitRateText(indicator.value),
      limit: `target > ${formatAsked(indicator.share)}`,
      ratio: timesText(ratio),
    }
  }
  const short = shortfall({ ...indicator, ratio, n, bad, failed })
  if (short !== undefined) {
    const { found, needed, ofFailures } = short
    const times = `${timesText(ratio)} the failures it allows`
    return { value: found, limit: needed, ...(ofFailures ? { ratio: times } : {}) }
  }
  const { percentile, valueMs, limitMs } = indicator
  return {
    value: `${percentileName(percentile)} ${formatDuration(valueMs)}`,
    limit: `limit ${formatDuration(limitMs)}`,
    ratio: timesText(ratio),
  }
}

function rowsOf(alert: NoticeAlert, nowMs: number): readonly Row[] {
  const { evidence, series, acknowledged, resolvedMs } = alert
  const { burn, lastChange } = evidence
  const rows: (Row | undefined)[] = [
    series === undefined ? undefined : { label: 'Series', text: oneLine(series) },
    burn === undefined ? undefined : { label: 'Error budget', text: burnOf(burn) },
    burn === undefined ? undefined : { label: 'Indicator', text: glanceText(indicatorOf(evidence)) },
    { label: 'Within target', text: complianceOf(evidence) },
    { label: 'Window', text: oneLine(evidence.window) },
    { label: 'Since', text: sinceOf(evidence.sinceMs, nowMs) },
    nowMs - evidence.atMs < OLD_MS ? undefined : { label: 'Measured', text: sinceOf(evidence.atMs, nowMs) },
    resolvedMs === undefined
      ? undefined
      : { label: 'Until', text: untilOf(alert.firedMs, resolvedMs, alert.resolvedBy) },
    lastChange === undefined
      ? undefined
      : {
          label: 'Last change',
          text: `${oneLine(lastChange.name)}, ${beforeText(lastChange.atMs, evidence.sinceMs)} it began`,
        },
    {
      label: 'Load',
      text: `${countText(evidence.inFlight, 'request')} in flight, ${countText(evidence.users, 'user')} in a minute`,
    },
    acknowledged === undefined
      ? undefined
      : {
          label: 'Acknowledged',
          text: remarked(`by ${oneLine(acknowledged.by, 60)}`, oneLine(acknowledged.comment)),
        },
  ]
  return rows.filter((row) => row !== undefined)
}

function complianceOf({ compliance, n, bad, indicator }: Evidence): string {
  const share = shareText(compliance / 100)
  // Of a hit rate it is a share of slots of time, not of lookups.
  if (indicator.kind === 'hit_rate') {
    return `${share} of the time; ${formatCount(bad)} of ${countText(n, 'lookup')} missed`
  }
  return `${share} of ${countText(n, 'operation')}; ${formatCount(bad)} were too slow or failed`
}

function burnOf(burn: Burn): string {
  const { long, short, factor, capped, longMs, shortMs } = burn
  const within = (lengthMs: number | undefined, unknown: string): string =>
    lengthMs === undefined ? unknown : ` in ${formatDuration(lengthMs)}`
  const fast = `${timesText(long)} as fast as it may be${within(longMs, '')}`
  return `spent ${fast}, ${timesText(short)}${within(shortMs, ' of late')}; fires over ${timesText(factor)}${capped ? ', the most that this objective allows' : ''}`
}

function sinceOf(sinceMs: number, nowMs: number): string {
  return nowMs - sinceMs < 1_000
    ? timeText(sinceMs)
    : `${timeText(sinceMs)}, ${formatDuration(nowMs - sinceMs)} ago`
}

function untilOf(firedMs: number, resolvedMs: number, resolvedBy: string | undefined): string {
  const by = resolvedBy === undefined ? '' : `, resolved by ${oneLine(resolvedBy, 60)}`
  return `${timeText(resolvedMs)}, fired for ${formatDuration(Math.max(0, resolvedMs - firedMs))}${by}`
}

function contributorOf(contributor: Evidence['contributors'][number], { indicator }: Evidence): Contributor {
  const { series, bad, n, share, p95Ms } = contributor
  const all = indicator.kind === 'hit_rate' ? 'all misses' : 'all that is bad'
  const p95 = p95Ms === undefined ? '' : `, p95 ${formatDuration(p95Ms)}`
  const text = `${shareText(share)} of ${all}: ${formatCount(bad)} of ${formatCount(n)}${p95}`
  return { series: seriesName(series), text, share: Math.min(1, Math.max(0, share)) }
}

function slowestOf(slowest: Example | undefined): SlowestDescription | undefined {
  if (slowest === undefined) return undefined
  const { series, durationMs, failed, breakdown, ownMs, traceId, atMs } = slowest
  const share = (partMs: number): number => (durationMs > 0 ? Math.min(1, partMs / durationMs) : 0)
  const parts = breakdown.map(({ component, calls, wallMs }) => ({
    name: oneLine(component, 60),
    text: `${formatDuration(wallMs)} in ${countText(calls, 'call')}`,
    share: share(wallMs),
  }))
  const own = { name: 'unmeasured', text: formatDuration(ownMs), share: share(ownMs) }
  return {
    series: seriesName(series),
    text: `took ${formatDuration(durationMs)}${failed ? ' and failed' : ''}, ${timeText(atMs)}`,
    parts: [...parts, own].sort((one, other) => other.share - one.share),
    ...(traceId === undefined ? {} : { traceId: oneLine(traceId, 64) }),
  }
}

/** Applications may give an empty name, and Slack refuses a whole message for an empty text in it. */
function seriesName(series: string): string {
  return oneLine(series, 100) || '(unnamed)'
}
