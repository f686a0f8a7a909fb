import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { Counts } from '../../src/measure/counts.ts'
import type { SlotTotals } from '../../src/measure/slot-totals.ts'
import { type Slots, Timeline } from '../../src/measure/timeline.ts'
import {
  mergeViews,
  WINDOW_NAMES,
  WINDOWS,
  Window,
  type WindowName,
  type WindowView,
} from '../../src/measure/window.ts'
import { assertSpans } from './assert-spans.ts'
import { countsOf, type Operation, operation, requestCounts, told } from './operations.ts'

const START_MS = 1_750_000_000_000
const LIMIT_MS = 25
const LIMITS = [LIMIT_MS, 100 / 3]

/** One reading: how much later it comes, and what came since, each at a share of that time. */
const reading = fc.record({
  laterMs: fc.oneof(
    { arbitrary: fc.integer({ min: 900, max: 1100 }), weight: 10 },
    { arbitrary: fc.constantFrom(0, 1, 1000, 5000, 60_000, 900_000), weight: 2 },
    { arbitrary: fc.integer({ min: 0, max: 30_000 }), weight: 2 },
    { arbitrary: fc.integer({ min: 0, max: 3 * 86_400_000 }), weight: 1 },
  ),
  operations: fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), operation), { maxLength: 5 }),
})
const readings = fc.array(reading, { minLength: 1, maxLength: 120 })

interface Dated extends Operation {
  readonly atMs: number
}

/** The four windows of a series, moved on as the engine does. */
class Series {
  readonly windows: ReadonlyMap<WindowName, Window> = new Map(
    WINDOW_NAMES.map((name) => [name, new Window(name)] as const),
  )

  take(timeline: Timeline, counts: Counts | undefined, slots: Slots = timeline.newest()): void {
    for (const name of WINDOW_NAMES) this.windows.get(name)!.expire(timeline.slot(name))
    if (counts === undefined) return
    for (const [name, slot] of slots) this.windows.get(name)!.add(counts, slot)
  }

  view(name: WindowName): WindowView {
    return this.windows.get(name)!.view()
  }
}

function totalsOf(counts: Counts, slot: number): SlotTotals {
  const { ok, failed, hits, misses, minMs, maxMs, goods } = counts
  return { slot, ok, failed, hits, misses, minMs, maxMs, goods }
}

function sumOf(list: readonly Counts[]): Counts {
  const sum = new Counts()
  for (const counts of list) sum.add(counts)
  return sum
}

test('a window equals a recount of its operations for exactly the span that it names', () => {
  fc.assert(
    fc.property(readings, (list) => {
      const timeline = new Timeline(START_MS)
      const series = new Series()
      const log: Dated[] = []
      for (const { laterMs, operations } of list) {
        const fromMs = timeline.lastMs
        // After the last reading, up to and including this one.
        const dated = operations.map(([share, one]) => ({ ...one, atMs: fromMs + (laterMs * share) / 1000 }))
        const came = laterMs === 0 ? [] : dated
        log.push(...came)
        timeline.read(fromMs + laterMs)
        series.take(timeline, came.length === 0 ? undefined : countsOf(came, LIMITS))
        for (const name of WINDOW_NAMES) assertSpans(series.view(name), timeline.slot(name))
      }
      for (const name of WINDOW_NAMES) {
        const span = timeline.span(name)
        const within = log.filter(({ atMs }) => atMs > span.fromMs && atMs <= span.toMs)
        const { counts } = series.view(name)
        assert.deepEqual(told(counts), told(countsOf(within, LIMITS)), name)
        for (const limitMs of LIMITS) assert.equal(counts.goodUnder(limitMs).estimated, false)
        assert.equal(span.toMs, timeline.lastMs)
        assert.ok(
          span.toMs - span.fromMs <= Math.max(...gaps(list)) + WINDOWS[name].slots * WINDOWS[name].slotMs,
        )
      }
    }),
    { numRuns: 400 },
  )
})

function gaps(list: readonly { readonly laterMs: number }[]): readonly number[] {
  return list.map(({ laterMs }) => laterMs)
}

test('a window holds the readings since the span it names began, however the clock is set', () => {
  const step = fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 2000 }), weight: 10 },
    { arbitrary: fc.integer({ min: -7_200_000, max: 7_200_000 }), weight: 1 },
    { arbitrary: fc.integer({ min: -200_000_000, max: 200_000_000 }), weight: 1 },
  )
  fc.assert(
    fc.property(
      fc.array(fc.tuple(step, fc.option(requestCounts)), { minLength: 1, maxLength: 80 }),
      (list) => {
        const timeline = new Timeline(START_MS)
        const series = new Series()
        const taken: { fromMs: number; atMs: number; counts: Counts | undefined }[] = []
        for (const [laterMs, given] of list) {
          const fromMs = timeline.lastMs
          const counts = given ?? undefined
          timeline.read(fromMs + laterMs)
          series.take(timeline, counts)
          taken.push({ fromMs, atMs: fromMs + laterMs, counts })
        }
        for (const name of WINDOW_NAMES) {
          const { slots, slotMs } = WINDOWS[name]
          let slot = Number.NEGATIVE_INFINITY
          const placed = taken.map((one) => {
            slot = Math.max(slot, Math.floor(one.atMs / slotMs))
            return { ...one, slot }
          })
          const kept = placed.filter((one) => one.slot > slot - slots)
          const span = { fromMs: kept[0]!.fromMs, toMs: taken.at(-1)!.atMs }
          assert.deepEqual(timeline.span(name), span, name)
          const counted = kept.filter((one) => one.counts !== undefined)
          const view = series.view(name)
          assert.deepEqual(told(view.counts), told(sumOf(counted.map((one) => one.counts!))), name)
          const bySlot = [...Map.groupBy(counted, (one) => one.slot)]
          assert.deepEqual(
            view.slots.map((one) => ({ ...totalsOf(one as unknown as Counts, one.slot) })),
            bySlot.map(([at, ones]) => totalsOf(sumOf(ones.map((one) => one.counts!)), at)),
          )
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('what another process tells late counts in its own slot, as if it had come in time', () => {
  const late = fc.record({ slot: fc.integer({ min: 0, max: 130 }), counts: requestCounts })
  fc.assert(
    fc.property(fc.array(late, { maxLength: 60 }), fc.integer({ min: 0, max: 200 }), (list, endSlot) => {
      const [mixed, ordered] = [new Window('1min'), new Window('1min')]
      for (const { slot, counts } of list) mixed.add(counts, slot)
      for (const { slot, counts } of list.toSorted((a, b) => a.slot - b.slot)) ordered.add(counts, slot)
      const newest = Math.max(endSlot, ...list.map(({ slot }) => slot))
      for (const window of [mixed, ordered]) window.expire(newest)
      // A slot that the window had left when it was told of is in neither.
      const kept = list.filter(({ slot }) => slot > newest - WINDOWS['1min'].slots)
      for (const window of [mixed, ordered]) {
        assert.deepEqual(told(window.view().counts), told(sumOf(kept.map(({ counts }) => counts))))
      }
      assert.deepEqual(mixed.view().slots.map(slotTold), ordered.view().slots.map(slotTold))
    }),
    { numRuns: 300 },
  )
})

test('what a store gives back counts with what comes after it', () => {
  const lengthMs = fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: 1000 }), weight: 8 },
    { arbitrary: fc.integer({ min: 1, max: 20_000 }), weight: 2 },
    { arbitrary: fc.constantFrom(1000, 5000, 60_000, 900_000), weight: 2 },
  )
  const row = fc.tuple(lengthMs, fc.option(requestCounts))
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 60 }),
      fc.nat(90_000),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.option(requestCounts)), { maxLength: 30 }),
      (rows, downMs, after) => {
        const startMs = START_MS + rows.reduce((sum, [rowMs]) => sum + rowMs, 0) + downMs
        const timeline = new Timeline(startMs)
        const series = new Series()
        const log: { readonly fromMs: number; readonly counts: Counts }[] = []
        let fromMs = START_MS
        for (const [rowMs, counts] of rows) {
          const slots = timeline.restore(fromMs, fromMs + rowMs)
          series.take(timeline, counts ?? undefined, slots)
          if (counts !== null) log.push({ fromMs, counts })
          fromMs += rowMs
        }
        fromMs = startMs
        for (const [laterMs, counts] of after) {
          timeline.read(fromMs + laterMs)
          series.take(timeline, counts ?? undefined)
          if (counts !== null) log.push({ fromMs, counts })
          fromMs += laterMs
        }
        for (const name of WINDOW_NAMES) {
          const span = timeline.span(name)
          const within = log.filter((one) => one.fromMs >= span.fromMs).map(({ counts }) => counts)
          assert.deepEqual(told(series.view(name).counts), told(sumOf(within)), name)
          assert.equal(span.toMs, fromMs)
        }
      },
    ),
  )
})

test('the view of several series is that of all their operations', () => {
  const step = fc.tuple(
    fc.integer({ min: 1, max: 20_000 }),
    fc.option(requestCounts),
    fc.option(requestCounts),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const timeline = new Timeline(START_MS)
      const [one, other, both] = [new Series(), new Series(), new Series()]
      for (const [laterMs, a, b] of steps) {
        timeline.read(timeline.lastMs + laterMs)
        one.take(timeline, a ?? undefined)
        other.take(timeline, b ?? undefined)
        both.take(
          timeline,
          a === null && b === null ? undefined : sumOf([a, b].filter((counts) => counts !== null)),
        )
      }
      for (const name of WINDOW_NAMES) {
        const merged = mergeViews([one.view(name), other.view(name)])
        const expected = both.view(name)
        assert.deepEqual(told(merged.counts), told(expected.counts))
        assert.deepEqual(merged.slots.map(slotTold), expected.slots.map(slotTold))
        assert.equal(mergeViews([expected]), expected)
      }
      assert.deepEqual(told(mergeViews([]).counts), told(new Counts()))
    }),
    { numRuns: 200 },
  )
})

/** Added up slot by slot. */
function slotTold({ slot, ok, failed, hits, misses, minMs, maxMs, goods }: SlotTotals): unknown {
  const sorted = goods
    .filter(({ covered }) => covered > 0)
    .toSorted((one, other) => one.limitMs - other.limitMs)
  return [slot, ok, failed, hits, misses, minMs, maxMs, sorted.map((entry) => ({ ...entry }))]
}

test('an idle series is empty, and costs nothing', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const used = async () => {
    let leastBytes = Number.POSITIVE_INFINITY
    // Array buffers are let go beside the program, some time after they were found unused.
    for (let round = 0; round < 8; round++) {
      gc()
      await new Promise(setImmediate)
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      leastBytes = Math.min(leastBytes, heapUsed + arrayBuffers)
    }
    return leastBytes
  }
  const wide = countsOf(Array.from({ length: 500 }, (_, i) => ({ durationMs: 2 ** (i % 26), failed: false })))
  const timeline = new Timeline(START_MS)
  const series = Array.from({ length: 50 }, () => new Series())
  const idleBytes = await used()
  for (let i = 0; i < 70; i++) {
    timeline.read(timeline.lastMs + 1000)
    for (const one of series) one.take(timeline, wide)
  }
  const busyBytes = (await used()) - idleBytes
  timeline.read(timeline.lastMs + 86_400_000)
  for (const one of series) one.take(timeline, undefined)
  const leftBytes = (await used()) - idleBytes
  for (const name of WINDOW_NAMES) {
    assert.ok(series[0]!.windows.get(name)!.empty)
    assert.deepEqual(told(series[0]!.view(name).counts), told(new Counts()))
    assert.deepEqual(series[0]!.view(name).slots, [])
  }
  assert.ok(leftBytes < busyBytes / 10, `${leftBytes} of ${busyBytes} bytes are left`)
})
