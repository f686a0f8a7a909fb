import { z } from 'zod'
import type { FiringAlert } from '../alerts/alert.ts'
import type { Evidence } from '../alerts/evidence.ts'
import { standing } from '../alerts/notice-text.ts'
import { ms, ratio, share as shareJson } from './figures.ts'
import { iso } from './head.ts'
import { count, milliseconds, named, share, timestamp } from './schemas.ts'

/** One alert as every answer tells of it. */
export interface AlertJson {
  readonly id: string
  readonly target: string
  readonly component: string
  readonly series: string | null
  readonly policy: string
  readonly severity: 'WARNING' | 'CRITICAL'
  readonly since: string
  readonly fired: string
  readonly stale: boolean
  readonly acknowledged: { readonly by: string; readonly comment: string; readonly at: string } | null
  readonly evidence: EvidenceJson
}

/** What an alert was decided on. */
export interface EvidenceJson {
  readonly at: string
  readonly window: string
  readonly text: string
  readonly value_ms: number | null
  readonly limit_ms: number | null
  readonly hit_rate: number | null
  readonly ratio: number
  readonly n: number
  readonly bad: number
  readonly contributors: {
    readonly series: string
    readonly bad: number
    readonly n: number
    readonly share: number
    readonly p95_ms: number | null
  }[]
  readonly slowest: {
    readonly at: string
    readonly series: string
    readonly duration_ms: number
    readonly own_ms: number
  } | null
  readonly last_change: { readonly at: string; readonly name: string } | null
  readonly in_flight_requests: number
  readonly concurrent_users: number
}

const contributor = z.strictObject({
  series: z.string(),
  bad: count,
  n: count,
  share: share.describe('Of all bad operations.'),
  p95_ms: milliseconds.nullable(),
})

const evidenceSchema: z.ZodType<EvidenceJson> = z
  .strictObject({
    at: timestamp,
    window: z.string(),
    text: z.string().describe('Value, limit, ratio and n in words.'),
    value_ms: milliseconds.nullable().describe('null for a hit rate.'),
    limit_ms: milliseconds.nullable(),
    hit_rate: share.nullable().describe('null for a latency.'),
    ratio: z.number().min(0),
    n: count,
    bad: count,
    contributors: z.array(contributor).describe('The series with most that is bad, worst first.'),
    slowest: z
      .strictObject({ at: timestamp, series: z.string(), duration_ms: milliseconds, own_ms: milliseconds })
      .nullable()
      .describe('An example of the last hour.'),
    last_change: z.strictObject({ at: timestamp, name: z.string() }).nullable(),
    in_flight_requests: count,
    concurrent_users: count,
  })
  .register(named, { id: 'Evidence' })

export const alertSchema: z.ZodType<AlertJson> = z
  .strictObject({
    id: z.string().describe('The same from its firing to its end.'),
    target: z.string(),
    component: z.string(),
    series: z.string().nullable(),
    policy: z.string(),
    severity: z.enum(['WARNING', 'CRITICAL']),
    since: timestamp.describe('The first second over.'),
    fired: timestamp,
    stale: z.boolean().describe('Nothing is measured any more: it neither fires on nor recovers.'),
    acknowledged: z.strictObject({ by: z.string(), comment: z.string(), at: timestamp }).nullable(),
    evidence: evidenceSchema,
  })
  .register(named, { id: 'Alert' })

export function alertJson(alert: FiringAlert): AlertJson {
  const { id, target, component, series = null, policy, severity, sinceMs, firedMs, stale } = alert
  const { acknowledged, evidence } = alert
  return {
    ...{ id, target, component, series, policy, severity, stale },
    since: iso(sinceMs),
    fired: iso(firedMs),
    acknowledged:
      acknowledged === undefined
        ? null
        : { by: acknowledged.by, comment: acknowledged.comment, at: iso(acknowledged.atMs) },
    evidence: evidenceJson(evidence),
  }
}

function evidenceJson(evidence: Evidence): EvidenceJson {
  const { atMs, window, indicator, n, bad, contributors, slowest, lastChange, inFlight, users } = evidence
  const latency = indicator.kind === 'latency'
  return {
    at: iso(atMs),
    window,
    text: standing(evidence),
    value_ms: latency ? ms(indicator.valueMs) : null,
    limit_ms: latency ? ms(indicator.limitMs) : null,
    hit_rate: latency ? null : shareJson(indicator.value),
    ratio: ratio(evidence.ratio),
    n,
    bad,
    contributors: contributors.map(({ p95Ms, share: part, ...one }) => ({
      ...one,
      share: shareJson(part),
      p95_ms: p95Ms === undefined ? null : ms(p95Ms),
    })),
    slowest:
      slowest === undefined
        ? null
        : {
            at: iso(slowest.atMs),
            series: slowest.series,
            duration_ms: ms(slowest.durationMs),
            own_ms: ms(slowest.ownMs),
          },
    last_change: lastChange === undefined ? null : { at: iso(lastChange.atMs), name: lastChange.name },
    in_flight_requests: inFlight,
    concurrent_users: Math.round(users),
  }
}
