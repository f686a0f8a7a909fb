import type { Matcher } from './matcher.ts'

/** What every policy has. */
export interface PolicyTerms {
  /** Unique among the policies: with the target it says which alert it is. */
  readonly name: string
  /** Targets it watches; by id, pattern or component. Default: all. */
  readonly match: Matcher
  /** How long it has to be over before it fires. */
  readonly forMs: number
  /** How long it has to be under the recovery threshold before it resolves, or is lowered. */
  readonly keepFiringForMs: number
  /** The recovery threshold, as a share of the threshold. */
  readonly recovery: number
  /** A pending alert about which nothing was measured for so long is withdrawn. */
  readonly withdrawAfterMs: number
  /** A firing alert about which nothing was measured for so long is called stale. */
  readonly staleAfterMs: number
}
