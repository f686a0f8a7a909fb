import type { RecorderNames } from './recorder-text.ts'

/** What a report card shows. Whatever the API did not say is `null`, an empty text or an empty list. */
export interface CardData {
  readonly service: string
  readonly window: string
  /** When the cycle ended that the figures are from; 0 when unknown. */
  readonly atMs: number
  readonly overall: {
    readonly grade: string | null
    /** `2.91 of 4 points over 5 of 7 weighted targets` */
    readonly reason: string
    readonly status: string
    /** Mean compliance, 0–100. */
    readonly compliance: number | null
    readonly met: number | null
    readonly close: number | null
    readonly failing: number | null
    readonly notMeasured: number | null
    /** `improving`, `declining`, `steady`. */
    readonly trend: string | null
  }
  readonly users: number | null
  readonly inFlight: number | null
  readonly alerts: number | null
  /** Those that fire, the most severe first. */
  readonly firing: readonly AlertData[]
  /** Why nothing new fires now; empty: nothing keeps it. */
  readonly grace: string
  readonly targets: readonly TargetData[]
  readonly components: readonly ComponentData[]
  readonly runtime: RuntimeData | null
  readonly self: SelfData | null
}

/** An alert as a line tells of it. */
export interface AlertData {
  readonly id: string
  readonly target: string
  /** The kind of the policy by which it fired. */
  readonly policy: 'ratio' | 'burn_rate'
  /** Now; of what is resolved the worst it was. */
  readonly severity: string
  readonly status: string
  /** Latency: 0–1; `null` for a hit rate. */
  readonly percentile: number | null
  /** Milliseconds, or a share 0–1 for a hit rate. */
  readonly value: number | null
  readonly limit: number | null
  readonly ratio: number | null
  readonly n: number
  readonly bad: number
  /** Of the bad ones; `null`: not known. */
  readonly failed: number | null
  /** How many times too fast a budget is burnt; `null`: by another policy. */
  readonly burn: number | null
  readonly fired: string
  readonly durationMs: number
  readonly stale: boolean
  /** Empty: nobody. */
  readonly acknowledgedBy: string
  readonly silencedBy: string
}

/** A target and where it stands. */
export interface TargetData {
  readonly id: string
  readonly component: string
  readonly series: string | null
  readonly status: string
  readonly grade: string | null
  readonly range: readonly string[]
  readonly lowConfidence: boolean
  /** The percentile of a latency target, 0–1; `null` for a hit rate. */
  readonly percentile: number | null
  /** Milliseconds, or a share 0–1 for a hit rate. */
  readonly value: number | null
  readonly limit: number | null
  readonly compliance: number | null
  readonly n: number
  readonly reason: string
}

export interface Figures {
  readonly n: number
  readonly sumMs: number
  readonly ratePerSecond: number | null
  /** Shares 0–1. */
  readonly errorRate: number | null
  readonly hitRate: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
}

export interface SeriesData extends Figures {
  readonly name: string
  /** Its time is in that of operations of other series. */
  readonly nested: boolean
}

export interface ComponentData extends Figures {
  readonly component: string
  readonly series: readonly SeriesData[]
  /** Of requests: where their time went. */
  readonly breakdown: {
    readonly ownMs: number
    readonly parts: readonly { readonly component: string; readonly wallMs: number }[]
  } | null
}

/** Event loop and garbage collection. */
export interface RuntimeData {
  readonly p99Ms: number | null
  readonly maxMs: number | null
  readonly blocked: number
  readonly collections: number
  readonly gcMs: number
  /** Why clients see longer times than the figures of requests say; empty: they do not. */
  readonly understated: string
}

export interface SelfData {
  readonly version: string
  readonly cpuShare: number | null
  readonly seriesUsed: number | null
  readonly seriesLimit: number | null
  readonly folded: number
  /** Durations that were no number, and so not recorded. */
  readonly invalid: number
  readonly droppedBatches: number
  /** Events of alerts that were never saved. */
  readonly droppedAlertEvents: number
  /** Stored events of alerts that are not of our form, and were passed over. */
  readonly unreadableAlertEvents: number
  readonly errors: number
  readonly store: string
  readonly storeState: string
  readonly recorders: readonly (RecorderNames & { readonly state: string; readonly detail: string })[]
}
