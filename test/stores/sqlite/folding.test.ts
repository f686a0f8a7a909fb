import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchOf, EVER, sliceOf, spansIn, sumsIn, sumsOf } from '../../../contracts/store/figures.ts'
import type { Batch, Store } from '../../../src/engine/store.ts'
import type { Slice } from '../../../src/measure/slice.ts'
import { Database } from '../../../src/stores/sqlite/database.ts'
import { Fold } from '../../../src/stores/sqlite/fold.ts'
import { Names } from '../../../src/stores/sqlite/names.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, Place } from './place.ts'

/** Saves a flush a second for some minutes from noon on, the clock going along. */
async function record(
  place: Place,
  store: Store,
  minutes: number,
  instance = 'one',
): Promise<readonly Batch[]> {
  const saved: Batch[] = []
  for (let second = 1; second <= minutes * 60; second++) {
    const toMs = NOON_MS + second * 1_000 + 3
    if (place.clock.wallMs() < toMs) place.clock.set(toMs)
    const slices = [sliceOf({ okMs: [second % 90], failedMs: second % 7 === 0 ? [1] : [], limitsMs: [25] })]
    const batch = batchOf(toMs, { flush: second, instance, slices })
    await store.save(batch)
    saved.push(batch)
  }
  return saved
}

const sumOf = (saved: readonly Batch[]) => sumsOf(saved.flatMap((batch) => batch.slices))

test('seconds are kept 10 minutes, five seconds 2 hours, minutes 25 hours, quarter hours after that', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const saved = await record(place, store, 15)
  // 12:15:00.003 now: what is older than 12:05 is folded, the five seconds that end there included.
  assert.deepEqual(place.tiers(), [10 * 60 + 1, 60, 0, 0])
  place.clock.step(HOUR_MS)
  await place.tick(store, 8)
  assert.deepEqual(place.tiers(), [0, 15 * 12 + 1, 0, 0])
  assert.deepEqual(await sumsIn(store), sumOf(saved))
  place.clock.step(2 * HOUR_MS)
  await place.tick(store)
  assert.deepEqual(place.tiers(), [0, 0, 16, 0])
  assert.deepEqual(await sumsIn(store), sumOf(saved))
  place.clock.step(25 * HOUR_MS)
  await place.tick(store)
  assert.deepEqual(place.tiers(), [0, 0, 0, 2])
  assert.deepEqual(await sumsIn(store), sumOf(saved))
  const spans = await spansIn(store)
  assert.deepEqual(
    spans.map(({ fromMs, toMs }) => [fromMs - NOON_MS, toMs - NOON_MS]),
    [
      [3, 899_003],
      [899_003, 900_003],
    ],
  )
})

test('while tiers are folded a reader in another process finds each operation once, at every step', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const reader = await place.open()
  const saved = [...(await record(place, store, 3)), ...(await record(place, store, 3, 'two'))]
  for (const [steps, stepMs] of [
    [8, 2 * MINUTE_MS],
    [6, 30 * MINUTE_MS],
    [8, 5 * HOUR_MS],
  ] as const) {
    for (let n = 0; n < steps; n++) {
      place.clock.step(stepMs)
      const saving = place.tick(store, 1)
      for (let look = 0; look < 4; look++) assert.deepEqual(await sumsIn(reader), sumOf(saved))
      await saving
      assert.deepEqual(await sumsIn(reader), sumOf(saved))
    }
  }
  assert.deepEqual(place.tiers(), [0, 0, 0, 1])
})

test('what was folded is found at the same place by a reader who began before', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const saved = await record(place, store, 40)
  const spans = store.slices('shop', EVER)[Symbol.asyncIterator]()
  const slices: Slice[] = []
  for (let read = 0; ; read++) {
    if (read === 3) {
      place.clock.step(2 * DAY_MS)
      await place.tick(store, 8)
      assert.deepEqual(place.tiers(), [0, 0, 0, 3])
    }
    const next = await spans.next()
    if (next.done) break
    slices.push(...next.value.slices)
  }
  assert.deepEqual(sumsOf(slices), sumOf(saved))
})

test('what is saved after a reading began is not half in it', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const save = (second: number) => store.save(batchOf(NOON_MS + second * 1_000, { flush: second }))
  place.clock.step(15 * MINUTE_MS)
  for (let second = 890; second <= 898; second++) await save(second)
  const ends: number[] = []
  for await (const { toMs } of store.slices('shop', EVER)) {
    if (ends.length === 0) for (let second = 899; second <= 905; second++) await save(second)
    ends.push((toMs - NOON_MS) / 1_000)
  }
  assert.deepEqual(ends, [890, 891, 892, 893, 894, 895, 896, 897, 898])
})

test('a flush that comes after its five seconds, minute or quarter hour was folded joins it', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const late = (flush: number) => batchOf(NOON_MS + 30_000, { instance: 'late', flush })
  const saved = [...(await record(place, store, 2))]
  for (const [flush, afterMs] of [HOUR_MS, 2 * HOUR_MS, DAY_MS, 10 * DAY_MS].entries()) {
    place.clock.step(afterMs)
    await place.tick(store)
    saved.push(late(flush))
    await store.save(late(flush))
    await store.save(late(flush))
    const sums = sumOf(saved)
    assert.deepEqual(await sumsIn(store), sums)
    assert.equal((await spansIn(store))[0]?.fromMs, NOON_MS + 3, 'one span, not two that overlap')
    assert.equal(place.tiers()[0], 1, 'for a minute others may read it as it came in')
    place.clock.step(MINUTE_MS + 1)
    await place.tick(store)
    await store.save(late(flush))
    assert.deepEqual(await sumsIn(store), sums)
    assert.equal(place.tiers()[0], 0)
  }
})

test('a late flush that nobody folded yet joins the span of its five seconds, minute or quarter hour', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const saved = [...(await record(place, store, 4))]
  for (const [flush, afterMs] of [HOUR_MS, 2 * HOUR_MS, DAY_MS + 2 * HOUR_MS].entries()) {
    place.clock.step(afterMs)
    await place.tick(store)
    const before = await spansIn(store)
    const late = batchOf(NOON_MS + 29_003, { instance: 'late', flush })
    saved.push(late)
    // The other one does the folding, and does nothing now.
    await (await place.open()).save(late)
    assert.equal(place.tiers()[0], 1)
    const spans = await spansIn(store)
    assert.deepEqual(
      spans.map(({ fromMs, toMs }) => [fromMs, toMs]),
      before.map(({ fromMs, toMs }) => [fromMs, toMs]),
    )
    assert.deepEqual(sumsOf(spans.flatMap((stored) => stored.slices)), sumOf(saved))
  }
})

test('of two folds of one slot the slower one gives up and changes nothing', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const saved = await record(place, store, 1)
  const [one, two] = [new Database(place.file), new Database(place.file)]
  context.after(() => {
    one.close()
    two.close()
  })
  const fold = (db: Database) => {
    const names = new Names(db)
    const spot = { service: names.service('shop')!, tierMs: 5_000, slot: NOON_MS / 5_000 }
    return new Fold(db, names, spot, { nowMs: place.clock.wallMs() + 2 * MINUTE_MS, onBad: assert.fail })
  }
  const slow = fold(one)
  slow.step(2)
  const fast = fold(two)
  fast.step(1_000)
  assert.deepEqual([slow.done, fast.done], [false, true])
  assert.deepEqual(place.tiers(), [56, 1, 0, 0])
  slow.step(1_000)
  assert.equal(slow.done, true)
  assert.deepEqual(place.tiers(), [56, 1, 0, 0])
  assert.deepEqual(await sumsIn(store), sumOf(saved))
})

test('instances are folded into one; each keeps the memory of its flushes, a restart included', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const saved = [...(await record(place, store, 1)), ...(await record(place, store, 1, 'two'))]
  place.clock.step(HOUR_MS)
  await place.tick(store)
  assert.deepEqual(place.tiers(), [0, 13, 0, 0])
  await store.close()
  const again = await place.open()
  for (const batch of saved) await again.save(batch)
  assert.deepEqual(await sumsIn(again), sumOf(saved))
  assert.deepEqual(place.look('SELECT instance, folded FROM instances ORDER BY instance LIMIT 2'), [
    { __proto__: null, instance: 'one', folded: '[[1,60]]' },
    { __proto__: null, instance: 'two', folded: '[[1,60]]' },
  ])
})

test('what was saved while the clock was a month ahead is folded too', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const ahead = NOON_MS + 30 * DAY_MS
  for (let second = 1; second <= 120; second++) {
    await store.save(batchOf(ahead + second * 1_000, { flush: second }))
  }
  place.clock.step(MINUTE_MS + 1)
  await place.tick(store)
  assert.deepEqual(place.tiers(), [0, 0, 0, 1])
  assert.equal((await spansIn(store, 'shop', { fromMs: ahead, toMs: ahead + HOUR_MS })).length, 1)
})

test('one of the processes that share a file does the folding; when it is gone another goes on', async (context) => {
  const place = await Place.of(context)
  const one = await place.open()
  const two = await place.open()
  await place.tick(one, 1)
  const saved = await record(place, two, 1)
  place.clock.step(HOUR_MS)
  await one.lease('yardstick/upkeep', 120_000)
  await place.tick(two)
  assert.equal(place.tiers()[0], 60)
  await one.close()
  place.clock.step(15_000)
  await place.tick(two)
  assert.deepEqual(place.tiers(), [0, 13, 0, 0])
  assert.deepEqual(await sumsIn(two), sumOf(saved))
})
