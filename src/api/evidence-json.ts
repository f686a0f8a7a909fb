import { z } from 'zod'
import { type BurnJson, burnJson } from '../alerts/burn-json.ts'
import type { Evidence } from '../alerts/evidence.ts'
import {
  ms,
  msOrNull,
  percentage as percentageFigure,
  ratio,
  share as shareFigure,
} from '../ground/decimals.ts'
import { iso } from '../ground/instant.ts'
import { type ExampleJson, exampleJson, exampleSchema } from './example-json.ts'
import { count, instant, milliseconds, named, percentage, share } from './schemas.ts'

const contributor = z.strictObject({
  series: z.string(),
  bad: count,
  n: count,
  share: share.describe('Of all bad operations.'),
  p95_ms: milliseconds.nullable(),
})

/** What an alert was decided on, as the API shows it. */
export interface EvidenceJson {
  readonly timestamp: string
  readonly since: string
  readonly window: string
  readonly indicator: Evidence['indicator']['kind']
  readonly percentile: number | null
  readonly value: number
  readonly limit: number
  readonly unit: 'ms' | 'share'
  readonly ratio: number
  readonly n: number
  readonly bad: number
  readonly failed: number | null
  readonly compliance_percentage: number
  readonly burn: BurnJson | null
  readonly contributors: {
    readonly series: string
    readonly bad: number
    readonly n: number
    readonly share: number
    readonly p95_ms: number | null
  }[]
  readonly slowest_request: ExampleJson | null
  readonly last_change: { readonly timestamp: string; readonly name: string } | null
  readonly in_flight_requests: number
  readonly concurrent_users: number
}

export const evidenceSchema: z.ZodType<EvidenceJson> = z
  .strictObject({
    timestamp: instant.describe('When the alert last changed: all of this is as it was then.'),
    since: instant,
    window: z.string(),
    indicator: z.enum(['latency', 'hit_rate']),
    percentile: share.nullable(),
    value: z.number().describe('In `unit`.'),
    limit: z.number().describe('In `unit`.'),
    unit: z.enum(['ms', 'share']),
    ratio: z.number().min(0),
    n: count,
    bad: count,
    failed: count.nullable().describe('Of the bad ones; null: a hit rate, or not known any more.'),
    compliance_percentage: percentage,
    burn: z
      .strictObject({
        long: z.number(),
        short: z.number(),
        factor: z.number(),
        capped: z.boolean(),
        long_window_ms: milliseconds.nullable(),
        short_window_ms: milliseconds.nullable(),
      })
      .nullable()
      .describe('Of a burn-rate policy.'),
    contributors: z.array(contributor).describe('The series that most bad operations are of, worst first.'),
    slowest_request: exampleSchema.nullable(),
    last_change: z
      .strictObject({ timestamp: instant, name: z.string() })
      .nullable()
      .describe('The last one before `since`.'),
    in_flight_requests: count,
    concurrent_users: count,
  })
  .register(named, { id: 'Evidence' })

export function evidenceJson(evidence: Evidence): EvidenceJson {
  const { indicator, burn, lastChange, inFlight, users, n, bad, failed } = evidence
  const latency = indicator.kind === 'latency'
  return {
    timestamp: iso(evidence.atMs),
    since: iso(evidence.sinceMs),
    window: evidence.window,
    indicator: indicator.kind,
    percentile: latency ? indicator.percentile : null,
    value: latency ? ms(indicator.valueMs) : shareFigure(indicator.value),
    limit: latency ? indicator.limitMs : indicator.share,
    unit: latency ? 'ms' : 'share',
    ratio: ratio(evidence.ratio),
    n,
    bad: Math.round(bad),
    failed: failed === undefined ? null : Math.round(failed),
    compliance_percentage: percentageFigure(evidence.compliance),
    burn: burn === undefined ? null : burnJson(burn),
    contributors: evidence.contributors.map((each) => ({
      series: each.series,
      bad: Math.round(each.bad),
      n: each.n,
      share: shareFigure(each.share),
      p95_ms: msOrNull(each.p95Ms),
    })),
    slowest_request: evidence.slowest === undefined ? null : exampleJson(evidence.slowest),
    last_change: lastChange === undefined ? null : { timestamp: iso(lastChange.atMs), name: lastChange.name },
    in_flight_requests: Math.round(inFlight),
    concurrent_users: Math.round(users),
  }
}
