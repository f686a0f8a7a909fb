import assert from 'node:assert/strict'
import { type Entry, STEPS_A_MS } from './operation-log.ts'

/** Counted anew from single operations: no running sums, no buckets, whole numbers only. */
export interface Recount {
  readonly ok: number
  readonly failed: number
  readonly hits: number
  readonly misses: number
  readonly sumMs: number
  /** Ascending. */
  readonly sortedMs: Float64Array
  /** How many were ok and strictly under the limit. */
  readonly goodUnder: (limitMs: number) => number
}

export function recount(entries: readonly Entry[]): Recount {
  const okMs = sorted(entries.filter(({ failed }) => !failed))
  let steps = 0
  let hits = 0
  let misses = 0
  for (const entry of entries) {
    steps += entry.steps
    if (entry.hit === true) hits++
    else if (entry.hit === false) misses++
  }
  assert.ok(Number.isSafeInteger(steps), 'the log itself cannot add up so long a time exactly')
  return {
    ok: okMs.length,
    failed: entries.length - okMs.length,
    hits,
    misses,
    sumMs: steps / STEPS_A_MS,
    sortedMs: sorted(entries),
    goodUnder: (limitMs) => countUnder(okMs, limitMs),
  }
}

function sorted(entries: readonly Entry[]): Float64Array {
  return Float64Array.from(entries, ({ steps }) => steps / STEPS_A_MS).sort()
}

/** @param sortedMs ascending */
export function countUnder(sortedMs: ArrayLike<number>, limitMs: number): number {
  let low = 0
  let high = sortedMs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sortedMs[middle]! < limitMs) low = middle + 1
    else high = middle
  }
  return low
}
