import { z } from 'zod'
import { ms, percentage as percentageFigure, perSecond } from '../../ground/decimals.ts'
import { iso } from '../../ground/instant.ts'
import type { BusinessImpact } from '../../report/business-impact.ts'
import type { ConcurrencyImpact, LatencyAtLevel } from '../../report/concurrency-impact.ts'
import { type Report, report as reportOn } from '../../report/report.ts'
import { activeAlerts, alertSchema } from '../alert-json.ts'
import { complianceFields, complianceShape } from '../compliance-json.ts'
import { countsJson, countsShape } from '../counts-json.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { exampleJson, exampleSchema } from '../example-json.ts'
import { graceJson, graceSchema } from '../grace-json.ts'
import { windowHead, windowHeadShape } from '../head.ts'
import { runtimeJson, runtimeSchema } from '../runtime-json.ts'
import { count, healthStatus, letter, milliseconds, named, percentage, timestamp, trend } from '../schemas.ts'
import { trendJson } from '../trend-json.ts'
import { byTarget, verdictJson, verdictSchema } from '../verdict-json.ts'

const summarySchema = z.strictObject({
  overall_status: healthStatus,
  overall_grade: letter.nullable(),
  overall_points: z.number().min(0).max(4).nullable().describe('Weighted mean of grade points, A 4 … F 0.'),
  overall_reason: z.string(),
  average_compliance_percentage: percentage.nullable(),
  concurrent_users: count,
  in_flight_requests: count,
  requests: z.strictObject(countsShape).nullable().describe('null: no request in the window.'),
  missed_targets: z
    .array(z.strictObject({ id: z.string(), reason: z.string() }))
    .describe('The worst first.'),
  not_measured_targets: z.array(z.strictObject({ id: z.string(), reason: z.string() })),
})

const trendsSchema = z.strictObject({
  overall: trend.nullable(),
  by_target: z.record(z.string(), trend.nullable()),
  grade_history: z
    .array(
      z.strictObject({ timestamp: timestamp.describe('The minute.'), overall_points: z.number().nullable() }),
    )
    .describe('One point a minute, oldest first.'),
})

const latencySchema = z.array(
  z.strictObject({
    in_flight: count.describe('Requests in flight on the same event loop; over 64, up to so many.'),
    completed: count,
    mean_ms: milliseconds,
  }),
)

const concurrencySchema = z.strictObject({
  concurrent_users: count,
  in_flight_requests: count,
  latency_by_in_flight: latencySchema.describe(
    'Requests of the window, by how many were in flight when they completed.',
  ),
  series: z.array(z.strictObject({ name: z.string(), latency_by_in_flight: latencySchema })),
  throughput_by_in_flight: z
    .array(
      z.strictObject({ in_flight: count, time_ms: milliseconds, completed: count, per_second: z.number() }),
    )
    .describe('Of an average event loop, since the start.'),
})

const impactSchema = z.strictObject({
  operations_out_of_target: z.record(
    z.string(),
    z.strictObject({ limit_ms: milliseconds, n: count, out_of_target: count, estimated: z.boolean() }),
  ),
  user_time_lost: z
    .strictObject({
      at_least_ms: milliseconds,
      at_most_ms: milliseconds,
      formula: z.string(),
    })
    .nullable()
    .describe('Over all requests; the truth lies between the two. null: not measured.'),
})

const slowestSchema = z
  .array(exampleSchema)
  .describe('Slow or failed requests of the window and the last hour, the slowest first; examples, not all.')

const recommendationSchema = z.looseObject({})

export const report: Endpoint = endpoint({
  path: '/report',
  name: 'report',
  summary: 'Comprehensive report on the window',
  description:
    'Summary, compliance, trends, impact of concurrency, alerts and impact on users, from one cycle.',
  windowed: true,
  response: z
    .strictObject({
      ...windowHeadShape,
      executive_summary: summarySchema,
      compliance_analysis: z.strictObject({
        ...complianceShape,
        target_compliance: z.record(z.string(), verdictSchema),
      }),
      performance_trends: trendsSchema,
      concurrent_user_impact: concurrencySchema,
      alert_summary: z.strictObject({
        active_alerts_count: count,
        alerts: z.array(alertSchema),
        grace: graceSchema,
      }),
      business_impact: impactSchema,
      runtime: runtimeSchema,
      slowest_requests: slowestSchema,
      recommendations: z
        .array(recommendationSchema)
        .describe('Always empty until this version of Yardstick works recommendations out.'),
    })
    .register(named, { id: 'Report' }),
  answer: ({ snapshot, watch, window: ask }) => {
    const window = ask()
    const active = activeAlerts(watch, snapshot.atMs)
    const made = reportOn(snapshot, window)
    return {
      ...windowHead(snapshot, window),
      executive_summary: summaryJson(made),
      compliance_analysis: {
        ...complianceFields(made.compliance),
        target_compliance: byTarget(made.verdicts, verdictJson),
      },
      performance_trends: trendsJson(made),
      concurrent_user_impact: concurrencyJson(made.concurrency),
      alert_summary: {
        active_alerts_count: active.length,
        alerts: active,
        grace: graceJson(watch, snapshot.atMs),
      },
      business_impact: impactJson(made.impact),
      runtime: runtimeJson(made.runtime),
      slowest_requests: made.slowest.map(exampleJson),
      recommendations: [],
    }
  },
})

function summaryJson({
  summary,
  compliance,
  concurrency,
  fromMs,
  toMs,
}: Report): z.infer<typeof summarySchema> {
  const { status, overall, requests, missed, notMeasured } = summary
  return {
    overall_status: status,
    overall_grade: overall.letter,
    overall_points: overall.points === null ? null : percentageFigure(overall.points),
    overall_reason: overall.reason,
    average_compliance_percentage: complianceFields(compliance).average_compliance_percentage,
    concurrent_users: Math.round(concurrency.concurrentUsers),
    in_flight_requests: concurrency.inFlight,
    requests: requests === undefined ? null : countsJson(requests, toMs - fromMs),
    missed_targets: missed.map(({ target, reason }) => ({ id: target.id, reason })),
    not_measured_targets: notMeasured.map(({ target, reason }) => ({ id: target.id, reason })),
  }
}

function trendsJson({ trends }: Report): z.infer<typeof trendsSchema> {
  return {
    overall: trendJson(trends.overall),
    by_target: Object.fromEntries(trends.byTarget.map(({ id, trend }) => [id, trendJson(trend)])),
    grade_history: trends.history.map(({ atMs, overall }) => ({
      timestamp: iso(atMs),
      overall_points: overall === null ? null : percentageFigure(overall),
    })),
  }
}

function concurrencyJson(concurrency: ConcurrencyImpact): z.infer<typeof concurrencySchema> {
  return {
    concurrent_users: Math.round(concurrency.concurrentUsers),
    in_flight_requests: concurrency.inFlight,
    latency_by_in_flight: latencyJson(concurrency.latency),
    series: concurrency.series.map(({ name, latency }) => ({
      name,
      latency_by_in_flight: latencyJson(latency),
    })),
    throughput_by_in_flight: concurrency.throughput.map((level) => ({
      in_flight: level.inFlight,
      time_ms: ms(level.timeMs),
      completed: level.completed,
      per_second: perSecond(level.perSecond),
    })),
  }
}

function latencyJson(levels: readonly LatencyAtLevel[]): z.infer<typeof latencySchema> {
  return levels.map(({ inFlight, completed, meanMs }) => ({
    in_flight: inFlight,
    completed,
    mean_ms: ms(meanMs),
  }))
}

function impactJson({ operations, userTimeLost }: BusinessImpact): z.infer<typeof impactSchema> {
  return {
    operations_out_of_target: Object.fromEntries(
      operations.map(({ id, limitMs, n, outOfTarget, estimated }) => [
        id,
        { limit_ms: limitMs, n, out_of_target: outOfTarget, estimated },
      ]),
    ),
    user_time_lost:
      userTimeLost === undefined
        ? null
        : {
            at_least_ms: ms(userTimeLost.atLeastMs),
            at_most_ms: ms(userTimeLost.atMostMs),
            formula: 'sum of max(0, duration - limit) over all requests of the window',
          },
  }
}
