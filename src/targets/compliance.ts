import type { SlotTotals } from '../measure/slot-totals.ts'
import { exceeds } from './objective.ts'

/**
 * Compliance of a latency target, 0–100: the percentage of operations that were good (OpenSLO *Occurrences*).
 * A target on the p-th percentile is met exactly when this is at least 100·p.
 */
export function occurrences(good: number, total: number): number {
  return (100 * good) / total
}

/**
 * Compliance of a hit-rate target, 0–100: the percentage of slots with a lookup whose hit rate was strictly over the
 * target (OpenSLO *Timeslices*).
 */
export function timeslices(slots: readonly SlotTotals[], share: number): number {
  let seen = 0
  let good = 0
  for (const { hits, misses } of slots) {
    if (hits + misses === 0) continue
    seen++
    if (exceeds(hits, hits + misses, share)) good++
  }
  return (100 * good) / seen
}
