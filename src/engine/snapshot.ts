import type { FiringAlert } from '../alerts/alert.ts'
import type { Lookback } from '../alerts/lookback.ts'
import type { Counts } from '../measure/counts.ts'
import type { Levels } from '../measure/levels.ts'
import type { RecorderReport } from '../measure/recorder-report.ts'
import type { Example } from '../measure/slow-request.ts'
import type { WindowName } from '../measure/window.ts'
import type { OverallGrade } from '../targets/overall.ts'
import type { Trend } from '../targets/trend.ts'
import type { Verdict } from '../targets/verdict.ts'
import type { LaneState } from './delivery.ts'
import type { Identity } from './outbox.ts'
import type { ProcessReading } from './runtime/process-meter.ts'

/**
 * What one cycle knew: the single source of API, terminal, reports and exporters, so that they cannot disagree.
 * The windows are worked out when first asked for and remembered; they and the counts in them are the engine's own
 * until its next cycle. So read a snapshot at once: no `await` between taking and reading it.
 */
export interface Snapshot {
  readonly service: string
  readonly instance: string
  readonly atMs: number
  readonly cycle: number
  /** Distinct users with a request in the last 60 s (estimated, ±1.6 %). */
  readonly concurrentUsers: number
  /** Requests started and not finished, over all threads. */
  readonly inFlight: number
  /** Time and completions at each number in flight since the start, per event loop, added up. */
  readonly levels: Levels
  readonly window: (name: WindowName) => WindowSnapshot
  /** Whose figures these are: of all instances of the service, or of this process alone, and why. */
  readonly coverage: { readonly kind: 'service' } | { readonly kind: 'instance'; readonly reason: string }
  /** The processes of the service that saved something lately, the one that answers first. */
  readonly instances: readonly Member[]
  /** Those that fire, the most severe and oldest first. */
  readonly alerts: readonly FiringAlert[]
  /** One point a minute, oldest first. */
  readonly gradeHistory: readonly GradePoint[]
  /** Slow and failed requests of the last hour, the slowest first; at most 100, five of one series. */
  readonly examples: readonly Example[]
  /** Of the overall grade's points, or of one target's; `undefined` until 10 points are there. */
  readonly trend: (target?: string) => Trend | undefined
  /** What was bad of the last while of a target, for burn-rate policies. */
  readonly lookback: Lookback
  readonly self: SelfReport
}

/** One process of the service, as the others see it. */
export interface Member extends Identity {
  readonly instance: string
  readonly inFlight: number
  /** End of what it saved last. */
  readonly seenMs: number
  /** From the end of that until the holder had added it. */
  readonly lagMs: number
  /** How it was by then; `undefined` where that is not measured. */
  readonly runtime?: ProcessReading | undefined
}

export interface WindowSnapshot {
  readonly name: WindowName
  /** The span for which the counts are exact. */
  readonly fromMs: number
  readonly toMs: number
  /** By component, as the target order and then the alphabet has it. */
  readonly components: readonly ComponentSnapshot[]
  /** One per target, in the targets' order; those that could not be judged included. */
  readonly verdicts: readonly Verdict[]
  readonly overall: OverallGrade
}

export interface ComponentSnapshot {
  readonly component: string
  /** All operations of the component (nested primitives apart). */
  readonly counts: Counts
  readonly series: readonly SeriesSnapshot[]
}

export interface SeriesSnapshot {
  readonly name: string
  /** Every operation of it is a part of another one, whose time holds its own. */
  readonly nested: boolean
  readonly counts: Counts
}

export interface GradePoint {
  readonly atMs: number
  /** Grade points 0–4 (4 is an A), `null` where too little was measured. */
  readonly overall: number | null
  readonly byTarget: Readonly<Record<string, number | null>>
}

/** What Yardstick costs and what it had to leave out. */
export interface SelfReport {
  readonly instance: string
  readonly startedMs: number
  readonly version: string
  readonly pid: number
  readonly node: string
  readonly uptimeMs: number
  readonly engine: {
    readonly mode: 'thread' | 'inline'
    readonly restarts: number
    readonly cycles: number
    readonly cycleMs: { readonly last: number; readonly mean: number; readonly max: number }
    /** CPU of the engine's own thread (of the process when inline), as a share of one core since the last cycle. */
    readonly cpuShare: number
    readonly heapBytes: number
  }
  readonly threads: readonly { readonly thread: number; readonly series: number; readonly inFlight: number }[]
  readonly series: { readonly used: number; readonly limit: number; readonly folded: number }
  readonly dropped: {
    /** Durations that were not a finite number. */
    readonly invalid: number
    /** Negative durations, counted as 0. */
    readonly negative: number
    /** Durations over 18.6 h, counted as that. */
    readonly clamped: number
    /** Batches that the store's queue had to drop. */
    readonly batches: number
    /** Errors of our own, swallowed so that the application did not notice. */
    readonly errors: number
  }
  /** Slow and failed requests of the last hour that are shown, and how many were left out since the start. */
  readonly examples: { readonly kept: number; readonly leftOut: number }
  /** Spans of OpenTelemetry's that the processor was given since the start, internal steps apart. */
  readonly spans: {
    readonly recorded: number
    /** Left to a recorder that measures the same, or to a span inside. */
    readonly passedOver: number
    /** No convention says what they stand for. */
    readonly unknown: number
  }
  readonly recentErrors: readonly string[]
  readonly store: {
    readonly name: string
    readonly state: 'ok' | 'failing' | 'off'
    readonly queued: number
    readonly lastError?: string
  }
  readonly port: {
    readonly state: 'listening' | 'off' | 'other_process' | 'failed'
    readonly url?: string
    readonly reason?: string
  }
  /** How each notifier is doing. */
  readonly notifiers: readonly LaneState[]
  /** Events of alerts that a store out of reach for too long never got, and stored ones that could not be read. */
  readonly alertEvents: { readonly dropped: number; readonly unreadable: number }
  /** Which recorders are attached and in what state: one entry each, or one per library and version loaded. */
  readonly recorders: readonly RecorderReport[]
}
