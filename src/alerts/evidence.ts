import type { Example } from '../measure/slow-request.ts'

/** What an alert was decided on, as it was then. Plain data: it is stored, shown and sent. */
export interface Evidence {
  readonly atMs: number
  readonly sinceMs: number
  readonly window: string
  readonly indicator:
    | {
        readonly kind: 'latency'
        readonly percentile: number
        readonly limitMs: number
        readonly valueMs: number
      }
    | { readonly kind: 'hit_rate'; readonly share: number; readonly value: number }
  readonly ratio: number
  /** Operations (or lookups) in the window, and how many of them were bad. */
  readonly n: number
  readonly bad: number
  /** Of the bad ones, those that failed; events that an older Yardstick stored do not have it. */
  readonly failed?: number
  /** 0–100. */
  readonly compliance: number
  /** For the burn-rate policy: burn rates of the pair of windows that fired, and the factor. */
  readonly burn?: {
    readonly long: number
    readonly short: number
    readonly factor: number
    readonly capped: boolean
    /** The windows' lengths; events that an older Yardstick stored do not have them. */
    readonly longMs?: number
    readonly shortMs?: number
  }
  /** The series that contribute most to what is bad, worst first; at most five. */
  readonly contributors: readonly {
    readonly series: string
    readonly bad: number
    readonly n: number
    /** Share (0–1) of all bad operations. */
    readonly share: number
    readonly p95Ms?: number
  }[]
  readonly slowest?: Example
  /** Before it began. */
  readonly lastChange?: { readonly atMs: number; readonly name: string }
  readonly inFlight: number
  readonly users: number
}
