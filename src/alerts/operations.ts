import { onGrid, placeOf } from '../measure/bucket.ts'
import { Counts } from '../measure/counts.ts'

/** Some operations that were alike. */
export interface Operations {
  readonly count: number
  readonly outcome: 'ok' | 'failed' | 'hit' | 'miss'
  readonly durationMs: number
}

/** Counts as recording these operations would have made them, with good ones counted under each limit. */
export function countsOf(operations: readonly Operations[], limitsMs: readonly number[]): Counts {
  const counts = new Counts()
  for (const { count, outcome, durationMs } of operations) {
    if (count === 0) continue
    const duration = onGrid(durationMs)
    counts.sumMs += count * duration
    counts.extend(duration, duration)
    counts.histogram.add(placeOf(duration), count)
    if (outcome === 'failed') {
      counts.failed += count
      continue
    }
    counts.ok += count
    if (outcome === 'hit') counts.hits += count
    if (outcome === 'miss') counts.misses += count
    for (const limitMs of limitsMs) counts.addGood(limitMs, duration < limitMs ? count : 0, count)
  }
  return counts
}
