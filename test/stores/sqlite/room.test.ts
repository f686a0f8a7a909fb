import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { batchOf, eventOf, eventsIn, sliceOf, spansIn, sumsIn } from '../../../contracts/store/figures.ts'
import type { Store } from '../../../src/engine/store.ts'
import type { Slice } from '../../../src/measure/slice.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, Place } from './place.ts'

const MIB = 2 ** 20
let seed = 7

const durations = (length: number) =>
  Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647
    return (seed % 100_000) / 10
  })
const pool = (operations: number) =>
  Array.from({ length: 40 }, (_, n) => sliceOf({ okMs: durations(operations) }, { name: `query ${n}` }))
const wide = pool(40)
const wider = pool(600)

/** Saves a batch every quarter of an hour, the clock going along. */
async function record(place: Place, store: Store, quarters: number, slices: readonly Slice[]): Promise<void> {
  for (let n = 0; n < quarters; n++) {
    place.clock.step(15 * MINUTE_MS)
    const atMs = place.clock.wallMs()
    const events = [eventOf(atMs, atMs)]
    await store.save(batchOf(atMs, { flush: atMs, slices, events }))
  }
}

test('at the byte cap the oldest goes first, the file stays under it, and that is said once', async (context) => {
  const place = await Place.of(context)
  const store = await place.open({ maxBytes: MIB })
  await record(place, store, 5 * 96, wide.slice(20))
  place.look('PRAGMA wal_checkpoint(TRUNCATE)')
  assert.ok(statSync(place.file).size <= MIB, `${statSync(place.file).size} bytes`)
  const spans = await spansIn(store)
  const now = place.clock.wallMs()
  assert.equal(spans.at(-1)?.toMs, now)
  const goesBackMs = now - spans[0]!.fromMs
  assert.ok(goesBackMs > 26 * HOUR_MS && goesBackMs < 4.5 * DAY_MS, `${goesBackMs / HOUR_MS} h`)
  assert.ok(
    spans.every(({ toMs }, n) => n === 0 || toMs - spans[n - 1]!.toMs === 15 * MINUTE_MS),
    'no gap in what is left',
  )
  assert.equal((await eventsIn(store)).length, 5 * 96, 'events are not the price')
  assert.deepEqual(
    place.said.warnings.map((text) => /the store is full \(1 MiB\)/.test(text)),
    [true],
  )
})

test('at the cap rows that are kept longer than they must be are folded before anything is deleted', async (context) => {
  const place = await Place.of(context)
  const store = await place.open({ maxBytes: 2.2 * MIB, keep: { secondsMs: DAY_MS } })
  for (let second = 1; second <= 60 * 60; second++) {
    place.clock.step(1_000)
    const slices = [sliceOf({ okMs: [second % 50] }), ...(second % 10 === 0 ? wide : [])]
    await store.save(batchOf(place.clock.wallMs(), { flush: second, slices }))
  }
  const [flushes = 0, fives = 0] = place.tiers()
  assert.ok(flushes >= 600 && flushes < 3_600, `${flushes} flushes`)
  assert.ok(fives > 0)
  const sums = (await sumsIn(store)) as Record<string, { ok: number }>
  assert.equal(sums['8:database:user_lookup']?.ok, 3_600)
})

test('a cap that not even the recent rows fit under is kept all the same', async (context) => {
  const place = await Place.of(context)
  const store = await place.open({ maxBytes: MIB / 2 })
  for (let second = 1; second <= 300; second++) {
    place.clock.step(1_000)
    await store.save(batchOf(place.clock.wallMs(), { flush: second, slices: wide }))
  }
  place.look('PRAGMA wal_checkpoint(TRUNCATE)')
  assert.ok(statSync(place.file).size <= MIB / 2 + 256 * 1024, `${statSync(place.file).size} bytes`)
  const spans = await spansIn(store)
  assert.ok(spans.length > 5)
  assert.equal(spans.at(-1)?.toMs, place.clock.wallMs())
})

test('when a lot was trimmed the file shrinks, a little with each save', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await record(place, store, 3 * 96, wider)
  place.look('PRAGMA wal_checkpoint(TRUNCATE)')
  const before = statSync(place.file).size
  await store.trim(place.clock.wallMs() - HOUR_MS)
  await place.tick(store, 3)
  place.look('PRAGMA wal_checkpoint(TRUNCATE)')
  const after = statSync(place.file).size
  assert.ok(after < before / 3, `${before} bytes before, ${after} after`)
})

test('quarter hours and events are kept as long as was asked for', async (context) => {
  const place = await Place.of(context)
  const store = await place.open({ keep: { quartersMs: 3 * DAY_MS } })
  await record(place, store, 6 * 96, wide.slice(39))
  const now = place.clock.wallMs()
  const oldestMs = (await spansIn(store))[0]!.toMs
  assert.ok(oldestMs > now - 3 * DAY_MS - HOUR_MS && oldestMs < now - 3 * DAY_MS + HOUR_MS)
  const firstEventMs = (await eventsIn(store))[0]!.atMs
  assert.ok(firstEventMs > now - 3 * DAY_MS - HOUR_MS && firstEventMs < now - 3 * DAY_MS + HOUR_MS)
})

test('a clock that is a year ahead for ten minutes does not cost the history', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await record(place, store, 5 * 96, wide.slice(39))
  const spans = await spansIn(store)
  const now = place.clock.wallMs()
  place.clock.set(now + 365 * DAY_MS)
  for (let minute = 0; minute < 10; minute++) {
    place.clock.step(MINUTE_MS)
    await place.tick(store, 10)
  }
  place.clock.set(now)
  await place.tick(store)
  const left = await spansIn(store)
  assert.ok(left.length >= spans.length - 11, `${spans.length} spans before, ${left.length} after`)
  assert.equal(left.at(-1)?.toMs, NOON_MS + 5 * DAY_MS)
})
