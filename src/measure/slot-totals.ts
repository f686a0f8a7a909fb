import type { Counts } from './counts.ts'

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

export function nothingSpent(): SpanTotals {
  return { ok: 0, failed: 0, hits: 0, misses: 0, good: 0, covered: 0 }
}

/** Adds the plain counters of counts to `totals`, of good ones those under `limitMs`. */
export function addCounted(totals: SpanTotals, counts: Counts, limitMs: number): void {
  totals.ok += counts.ok
  totals.failed += counts.failed
  totals.hits += counts.hits
  totals.misses += counts.misses
  for (const entry of counts.goods) {
    if (entry.limitMs !== limitMs) continue
    totals.good += entry.good
    totals.covered += Math.min(entry.covered, counts.ok)
  }
}
