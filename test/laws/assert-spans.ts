import assert from 'node:assert/strict'
import type { WindowView } from '../../src/measure/window.ts'

const LIMIT_MS = 25

/** Spans that end now equal a recount of the slots: whoever asks again and again is given sums that are kept up. */
export function assertSpans(view: WindowView, newest: number): void {
  for (const back of [0, 3, 24, 59, 95]) {
    for (const limitMs of [LIMIT_MS, Number.NaN]) {
      const expected = recount(view, newest - back, limitMs)
      assert.deepEqual(view.since(newest - back, limitMs), expected, `${back} slots back`)
    }
  }
}

function recount({ slots }: WindowView, oldest: number, limitMs: number): unknown {
  const sum = { ok: 0, failed: 0, hits: 0, misses: 0, good: 0, covered: 0 }
  for (const { slot, goods, ...plain } of slots) {
    if (slot < oldest) continue
    const known = goods.find((entry) => entry.limitMs === limitMs)
    for (const name of ['ok', 'failed', 'hits', 'misses'] as const) sum[name] += plain[name]
    sum.good += known?.good ?? 0
    sum.covered += known?.covered ?? 0
  }
  return sum
}
