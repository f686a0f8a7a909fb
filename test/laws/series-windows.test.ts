import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Group, Windows } from '../../src/engine/windows.ts'
import type { Counts } from '../../src/measure/counts.ts'
import { type SeriesKey, seriesId } from '../../src/measure/slice.ts'
import { type Slots, Timeline } from '../../src/measure/timeline.ts'
import { WINDOW_NAMES, Window, type WindowName, type WindowView } from '../../src/measure/window.ts'
import { assertSpans } from './assert-spans.ts'
import { requestCounts, told } from './operations.ts'

const START_MS = 1_750_000_000_000

const SERIES: readonly SeriesKey[] = [
  { component: 'database', name: 'orders', nested: false },
  { component: 'database', name: 'users', nested: false },
  { component: 'database', name: 'users', nested: true },
  { component: 'cache', name: 'users', nested: false },
]
const GROUPS: readonly Group[] = [
  { id: 'orders', covers: (_, name) => name === 'orders', nested: true },
  {
    id: 'users of the database',
    covers: (component, name) => component !== 'cache' && name === 'users',
    nested: true,
  },
  { id: 'users', covers: (_, name) => name === 'users', nested: false },
  { id: 'all', covers: () => true, nested: true },
]

/** A window of each width that knows nothing of the others, added to whenever something comes. */
class Plain {
  readonly #windows = new Map(WINDOW_NAMES.map((name) => [name, new Window(name)] as const))

  add(counts: Counts, slots: Slots): void {
    for (const [name, slot] of slots) this.#windows.get(name)!.add(counts, slot)
  }

  expire(timeline: Timeline): void {
    for (const name of WINDOW_NAMES) this.#windows.get(name)!.expire(timeline.slot(name))
  }

  view(name: WindowName): WindowView | undefined {
    const window = this.#windows.get(name)!
    return window.empty ? undefined : window.view()
  }
}

const laterMs = fc.oneof(
  { arbitrary: fc.integer({ min: 900, max: 1100 }), weight: 10 },
  { arbitrary: fc.constantFrom(0, 5000, 60_000, 300_000, 900_000, 3_600_000), weight: 2 },
  { arbitrary: fc.integer({ min: 0, max: 2 * 86_400_000 }), weight: 1 },
  { arbitrary: fc.integer({ min: -20_000, max: 0 }), weight: 1 },
)
/** How much earlier what another instance tells now was counted. */
const lateMs = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 4 },
  { arbitrary: fc.integer({ min: 0, max: 12_000 }), weight: 3 },
  { arbitrary: fc.integer({ min: 0, max: 90_000_000 }), weight: 1 },
)
const step = fc.record({
  laterMs,
  lateMs,
  slices: fc.array(fc.tuple(fc.nat(SERIES.length - 1), requestCounts), { maxLength: 3 }),
  look: fc.boolean(),
  forget: fc.boolean(),
})
const row = fc.record({
  lengthMs: fc.constantFrom(1000, 5000, 60_000, 900_000),
  slices: fc.array(fc.tuple(fc.nat(SERIES.length - 1), requestCounts), { maxLength: 2 }),
})

test('what series have in common is exact at every moment, whatever they share and whenever somebody looks', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 12 }),
      fc.array(step, { minLength: 1, maxLength: 60 }),
      (rows, steps) => {
        const startMs = START_MS + rows.reduce((sum, { lengthMs }) => sum + lengthMs, 0)
        const timeline = new Timeline(startMs)
        const windows = new Windows(timeline, GROUPS, (error) => assert.fail(error as Error))
        const plain = new Map<string, Plain>()
        const of = (id: string): Plain => {
          const known = plain.get(id) ?? new Plain()
          plain.set(id, known)
          return known
        }
        const add = (slices: readonly (readonly [number, Counts])[], slots: Slots): void => {
          for (const one of plain.values()) one.expire(timeline)
          windows.add(
            slices.map(([series, counts]) => ({ ...SERIES[series]!, counts })),
            slots,
          )
          for (const [series, counts] of slices)
            for (const id of sumsOf(SERIES[series]!)) of(id).add(counts, slots)
          for (const one of plain.values()) one.expire(timeline)
        }
        const look = (): void => {
          for (const name of WINDOW_NAMES) {
            const slot = timeline.slot(name)
            for (const { id } of GROUPS) compare(windows.group(id, name), of(`group ${id}`).view(name), slot)
            for (const component of ['database', 'cache']) {
              const expected = of(`component ${component}`).view(name)
              compare(windows.component(component, name), expected, slot)
              const series = windows.series(component, name)
              for (const { name: called, view } of series) {
                const both = [true, false].flatMap((nested) => {
                  const known = of(seriesId({ component, name: called, nested })).view(name)
                  return known === undefined ? [] : [known]
                })
                if (both.length === 1) compare(view, both[0], slot)
                assert.equal(
                  view.counts.total,
                  both.reduce((sum, { counts }) => sum + counts.total, 0),
                )
              }
            }
          }
        }

        let fromMs = START_MS
        for (const { lengthMs, slices } of rows) {
          add(slices, timeline.restore(fromMs, fromMs + lengthMs))
          fromMs += lengthMs
        }
        for (const one of steps) {
          timeline.read(timeline.lastMs + one.laterMs)
          add(
            one.slices,
            one.lateMs === undefined ? timeline.newest() : timeline.slotsOf(timeline.lastMs - one.lateMs),
          )
          if (one.forget) windows.forgetEmpty()
          if (one.look) look()
        }
        look()
      },
    ),
    { numRuns: 150 },
  )
})

/** Everything that a series is a part of. */
function sumsOf(key: SeriesKey): readonly string[] {
  const { component, name, nested } = key
  const groups = GROUPS.filter((group) => (group.nested || !nested) && group.covers(component, name))
  return [
    seriesId(key),
    ...groups.map(({ id }) => `group ${id}`),
    ...(nested ? [] : [`component ${component}`]),
  ]
}

function compare(got: WindowView | undefined, expected: WindowView | undefined, newest: number): void {
  assert.equal(got === undefined, expected === undefined)
  if (got === undefined || expected === undefined) return
  assert.deepEqual(told(got.counts), told(expected.counts))
  assert.deepEqual(got.slots.map(plainSlot), expected.slots.map(plainSlot))
  for (const view of [got, expected]) assertSpans(view, newest)
}

function plainSlot({ goods, ...plain }: WindowView['slots'][number]): unknown {
  const known = goods.filter(({ covered }) => covered > 0).toSorted((a, b) => a.limitMs - b.limitMs)
  return { ...plain, goods: known.map((entry) => ({ ...entry })) }
}
