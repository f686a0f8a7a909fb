import { z } from 'zod'
import type { ComponentSnapshot, WindowSnapshot } from '../../engine/snapshot.ts'
import { ms } from '../../ground/decimals.ts'
import { Counts } from '../../measure/counts.ts'
import { health } from '../../report/health.ts'
import { complianceSummary } from '../../targets/overall.ts'
import type { Letter } from '../../targets/verdict.ts'
import { type CountsJson, countsJson, countsShape } from '../counts-json.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { windowHead, windowHeadShape } from '../head.ts'
import { count, letter, milliseconds, named, percentage, trend } from '../schemas.ts'
import { trendJson } from '../trend-json.ts'
import { complianceByTarget, type VerdictJson, verdictJson, verdictSchema } from '../verdict-json.ts'

const series = z
  .strictObject({
    name: z.string(),
    nested: z
      .boolean()
      .describe('Every operation of it is a part of another one: their time is in that one’s, too.'),
    ...countsShape,
  })
  .register(named, { id: 'SeriesMetrics' })

const breakdown = z
  .strictObject({
    own_ms: milliseconds.describe('Time of the requests in which no measured operation was open.'),
    components: z.record(
      z.string(),
      z.strictObject({
        calls: count,
        wall_ms: milliseconds.describe('Time with at least one such operation open.'),
      }),
    ),
  })
  .register(named, { id: 'Breakdown' })

const component = z
  .strictObject({
    ...countsShape,
    grade: letter.nullable(),
    target: verdictSchema
      .nullable()
      .describe('Verdict of the component’s own target; null where it has none.'),
    breakdown: breakdown.nullable().describe('Of requests: where their time went.'),
    series: z.array(series).describe('The one with the most time first.'),
  })
  .register(named, { id: 'ComponentMetrics' })

export const metrics: Endpoint = endpoint({
  path: '/metrics',
  name: 'metrics',
  summary: 'Metrics of the window, with compliance',
  description: 'Counters, percentiles and verdicts of every component and series.',
  windowed: true,
  response: z
    .strictObject({
      ...windowHeadShape,
      instance: z.string(),
      concurrent_users: count.describe(
        'Distinct users with a request in the last 60 s, within 1.6 % (standard error).',
      ),
      in_flight_requests: count.describe('Started and not finished.'),
      overall_grade: letter.nullable(),
      overall_reason: z.string(),
      grade_trend: trend.nullable().describe('null until 10 points, one a minute, are there.'),
      prd_compliance: z.record(z.string(), percentage.nullable()).describe('By target; null: not measured.'),
      targets_not_measured: count,
      metrics_by_type: z.record(z.string(), component).describe('By component.'),
      active_alerts_count: count,
    })
    .register(named, { id: 'Metrics' }),
  answer: ({ snapshot, watch, window: ask }) => {
    const window = ask()
    return {
      ...windowHead(snapshot, window),
      instance: snapshot.instance,
      concurrent_users: Math.round(snapshot.concurrentUsers),
      in_flight_requests: snapshot.inFlight,
      overall_grade: window.overall.letter,
      overall_reason: window.overall.reason,
      grade_trend: trendJson(snapshot.trend()),
      prd_compliance: complianceByTarget(window.verdicts),
      targets_not_measured: complianceSummary(window.verdicts).targetsNotMeasured,
      metrics_by_type: byComponent(window),
      active_alerts_count: watch.book.firing.length,
    }
  },
})

interface ComponentJson extends CountsJson {
  readonly grade: Letter | null
  readonly target: VerdictJson | null
  readonly breakdown: z.infer<typeof breakdown> | null
  readonly series: z.infer<typeof series>[]
}

function byComponent(window: WindowSnapshot): Record<string, ComponentJson> {
  const lengthMs = window.toMs - window.fromMs
  const measured = new Map(window.components.map((entry) => [entry.component, entry]))
  const entries = health(window).components.map(({ component, verdict }) => {
    const { counts, series } = measured.get(component) ?? NOTHING
    const target = verdict === undefined ? null : verdictJson(verdict)
    const json: ComponentJson = {
      ...countsJson(counts, lengthMs),
      grade: target?.grade ?? null,
      target,
      breakdown: breakdownJson(counts),
      series: series
        .toSorted((one, two) => two.counts.sumMs - one.counts.sumMs)
        .map(({ name, nested, counts }) => ({ name, nested, ...countsJson(counts, lengthMs) })),
    }
    return [component, json] as const
  })
  return Object.fromEntries(entries)
}

const NOTHING: Omit<ComponentSnapshot, 'component'> = { counts: new Counts(), series: [] }

function breakdownJson({ breakdown, ownMs }: Counts): ComponentJson['breakdown'] {
  if (breakdown === undefined) return null
  const components = Object.fromEntries(
    [...breakdown]
      .filter(([, { calls }]) => calls > 0)
      .map(([component, { calls, wallMs }]) => [component, { calls, wall_ms: ms(wallMs) }]),
  )
  return { own_ms: ms(ownMs), components }
}
