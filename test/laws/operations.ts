import fc from 'fast-check'
import { GRID_MS, placeOf } from '../../src/measure/bucket.ts'
import { Counts } from '../../src/measure/counts.ts'
import { LEVELS, Levels } from '../../src/measure/levels.ts'

/** One operation as a test remembers it: the other side of the books. */
export interface Operation {
  readonly durationMs: number
  readonly failed: boolean
  readonly hit?: boolean | undefined
}

/** On the grid, 0 … LONGEST_MS, as many short ones as long ones. */
export const durations: fc.Arbitrary<number> = fc
  .oneof(
    fc.integer({ min: 0, max: 40 }).chain((octave) => fc.integer({ min: 0, max: 2 ** octave })),
    fc.constantFrom(0, 1, 2, 2 ** 14, 2 ** 40 - 1, 2 ** 40),
    fc.integer({ min: 0, max: 200 * 2 ** 14 }),
  )
  .map((steps) => steps * GRID_MS)

export const operation: fc.Arbitrary<Operation> = fc.record({
  durationMs: durations,
  failed: fc.boolean(),
  hit: fc.option(fc.boolean(), { nil: undefined }),
})

/** What a series should count about these operations, worked out one by one. */
export function countsOf(operations: readonly Operation[], limits: readonly number[] = []): Counts {
  const counts = new Counts()
  const goods = limits.map((limitMs) => ({ limitMs, good: 0, covered: 0 }))
  for (const { durationMs, failed, hit } of operations) {
    if (failed) counts.failed++
    else counts.ok++
    if (hit === true) counts.hits++
    if (hit === false) counts.misses++
    counts.sumMs += durationMs
    counts.minMs = Math.min(counts.minMs, durationMs)
    counts.maxMs = Math.max(counts.maxMs, durationMs)
    counts.histogram.add(placeOf(durationMs), 1)
    for (const entry of goods) {
      if (failed) continue
      entry.covered++
      if (durationMs < entry.limitMs) entry.good++
    }
  }
  counts.goods = goods
  return counts
}

/** Everything counts tell, in a form that can be compared; what is empty is left out. */
export function told(counts: Counts): Readonly<Record<string, unknown>> {
  const { ok, failed, hits, misses, sumMs, minMs, maxMs, ownMs, levels, breakdown } = counts
  const goods = counts.goods.filter((entry) => entry.covered !== 0 || entry.good !== 0)
  const parts = [...(breakdown ?? [])].filter(([, share]) => share.calls !== 0 || share.wallMs !== 0)
  return {
    ...{ ok, failed, hits, misses, sumMs, minMs, maxMs, ownMs },
    buckets: [...counts.histogram.entries()],
    goods: goods.map((entry) => ({ ...entry })).sort((one, other) => one.limitMs - other.limitMs),
    breakdown: parts
      .map(([part, share]) => [part, { ...share }])
      .sort(([one], [other]) => (one! < other! ? -1 : 1)),
    levels: levelsTold(levels),
  }
}

function levelsTold(levels: Levels | undefined): unknown {
  if (levels === undefined) return []
  return Array.from({ length: LEVELS }, (_, level) => [
    level,
    levels.completed[level] ?? 0,
    levels.timeMs[level] ?? 0,
  ]).filter(([, completed, timeMs]) => completed !== 0 || timeMs !== 0)
}

const sums = fc.integer({ min: 0, max: 2 ** 30 }).map((steps) => steps * GRID_MS)
const limit = fc.oneof(
  fc.constantFrom(25, 50, 75, 100, 0.1, 1 / 3, 16.6667, 1e-9),
  fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
)

/** Counts of a request series: with limits, breakdown and levels. */
export const requestCounts: fc.Arbitrary<Counts> = fc
  .record({
    operations: fc.array(operation, { maxLength: 30 }),
    limits: fc.uniqueArray(limit, { maxLength: 4 }),
    ownMs: sums,
    parts: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.record({ calls: fc.nat(), wallMs: sums }), {
      maxKeys: 5,
    }),
    levels: fc.array(fc.tuple(fc.nat(LEVELS - 1), fc.nat(), sums), { maxLength: 6 }),
    detailed: fc.boolean(),
  })
  .map(({ operations, limits, ownMs, parts, levels, detailed }) => {
    const counts = countsOf(operations, limits)
    if (!detailed) return counts
    counts.ownMs = ownMs
    counts.breakdown = new Map()
    for (const [part, { calls, wallMs }] of Object.entries(parts)) counts.addShare(part, calls, wallMs)
    counts.levels = new Levels()
    for (const [level, completed, timeMs] of levels) counts.levels.add(level, completed, timeMs)
    return counts
  })

/** What a reading holds when a writer was held up: outcomes without their durations, or the other way round. */
export const partialCounts: fc.Arbitrary<Counts> = fc
  .tuple(requestCounts, fc.nat(20), fc.nat(20), fc.boolean())
  .map(([counts, ok, failed, late]) => {
    const partial = late ? new Counts() : counts
    partial.ok = ok
    partial.failed = failed
    partial.goods = counts.goods.map(({ limitMs, good }) => ({
      limitMs,
      good: Math.min(good, ok),
      covered: ok,
    }))
    return partial
  })
