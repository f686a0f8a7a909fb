/** The plain counters of one slot. */
export interface SlotTotals {
  readonly slot: number
  readonly ok: number
  readonly failed: number
  readonly hits: number
  readonly misses: number
  readonly minMs: number
  readonly maxMs: number
  readonly goods: readonly { readonly limitMs: number; readonly good: number; readonly covered: number }[]
}

/** The plain counters of several slots, of good ones those under one limit. */
export interface SpanTotals {
  ok: number
  failed: number
  hits: number
  misses: number
  /** Ok operations strictly under the limit, and ok ones of which that is known. */
  good: number
  covered: number
}
