import type { Counts } from '../measure/counts.ts'
import type { Levels } from '../measure/levels.ts'
import type { Example } from '../measure/slow-request.ts'
import type { WindowName } from '../measure/window.ts'
import { type ComplianceSummary, complianceSummary, type OverallGrade } from '../targets/overall.ts'
import type { Trend } from '../targets/trend.ts'
import type { Measured, Verdict } from '../targets/verdict.ts'
import { type BusinessImpact, businessImpact } from './business-impact.ts'
import { type ConcurrencyImpact, concurrencyImpact } from './concurrency-impact.ts'
import { type HealthStatus, health } from './health.ts'
import { type RuntimeReport, runtimeReport } from './runtime.ts'

const EXAMPLES = 20

/** What a report needs of the engine's snapshot. */
export interface ReportSnapshot {
  readonly service: string
  readonly atMs: number
  readonly concurrentUsers: number
  readonly inFlight: number
  readonly levels: Levels
  readonly gradeHistory: readonly ReportGradePoint[]
  readonly trend: (target?: string) => Trend | undefined
  readonly examples: readonly Example[]
}

export interface ReportGradePoint {
  readonly atMs: number
  readonly overall: number | null
  readonly byTarget: Readonly<Record<string, number | null>>
}

/** What a report needs of one window of it. */
export interface ReportWindow {
  readonly name: WindowName
  readonly fromMs: number
  readonly toMs: number
  readonly components: readonly {
    readonly component: string
    readonly counts: Counts
    readonly series: readonly { readonly name: string; readonly counts: Counts }[]
  }[]
  readonly verdicts: readonly Verdict[]
  readonly overall: OverallGrade
}

/** Everything one cycle can say about a window, for people and for formats. */
export interface Report {
  readonly service: string
  readonly atMs: number
  readonly window: WindowName
  readonly fromMs: number
  readonly toMs: number
  readonly summary: ReportSummary
  readonly compliance: ComplianceSummary
  /** One per target, those not measured included. */
  readonly verdicts: readonly Verdict[]
  readonly trends: ReportTrends
  readonly concurrency: ConcurrencyImpact
  readonly impact: BusinessImpact
  readonly runtime: RuntimeReport
  /** Examples that ended in the window, and not over an hour ago; the slowest first, at most 20. */
  readonly slowest: readonly Example[]
}

export interface ReportSummary {
  readonly status: HealthStatus
  readonly overall: OverallGrade
  /** All requests of the window; `undefined` when there were none. */
  readonly requests: Counts | undefined
  /** Missed targets, the worst ratio first. */
  readonly missed: readonly Measured[]
  readonly notMeasured: readonly Verdict[]
}

export interface ReportTrends {
  /** `undefined` under 10 points. */
  readonly overall: Trend | undefined
  readonly byTarget: readonly { readonly id: string; readonly trend: Trend | undefined }[]
  /** Overall grade points by the minute, oldest first. */
  readonly history: readonly ReportGradePoint[]
}

/**
 * Makes the report on one window of a snapshot. Pure: the same snapshot gives the same report.
 *
 * @example report(snapshot, snapshot.window('1hour')).summary.status // 'healthy'
 */
export function report(snapshot: ReportSnapshot, window: ReportWindow): Report {
  const { verdicts, overall } = window
  const requests = window.components.find(({ component }) => component === 'request')
  return {
    service: snapshot.service,
    atMs: snapshot.atMs,
    window: window.name,
    fromMs: window.fromMs,
    toMs: window.toMs,
    summary: {
      status: health(window).status,
      overall,
      requests: requests?.counts,
      missed: verdicts.filter(isMissed).toSorted((one, two) => two.ratio - one.ratio),
      notMeasured: verdicts.filter(({ status }) => status === 'unknown'),
    },
    compliance: complianceSummary(verdicts),
    verdicts,
    trends: trendsOf(snapshot, verdicts),
    concurrency: concurrencyImpact(snapshot, requests),
    impact: businessImpact(verdicts, requests?.counts),
    runtime: runtimeReport(window),
    slowest: snapshot.examples.filter(({ atMs }) => atMs >= window.fromMs).slice(0, EXAMPLES),
  }
}

function isMissed(verdict: Verdict): verdict is Measured {
  return verdict.status === 'missed'
}

function trendsOf(snapshot: ReportSnapshot, verdicts: readonly Verdict[]): ReportTrends {
  const byTarget = verdicts.map(({ target: { id } }) => ({ id, trend: snapshot.trend(id) }))
  return { overall: snapshot.trend(), byTarget, history: snapshot.gradeHistory }
}
