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
