import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import {
  batchOf,
  eventOf,
  eventsIn,
  flushesIn,
  plainPresence,
  presenceOf,
  sliceOf,
  sumsIn,
  sumsOf,
} from '../../../contracts/store/figures.ts'
import { noPresence } from '../../../src/stores/presence.ts'
import { MIGRATIONS } from '../../../src/stores/sqlite/schema.ts'
import { MINUTE_MS, NOON_MS, Place } from './place.ts'

// Written by the first version of these tables, from noon on: a flush a minute for 27 hours, the 60th of them with an
// event each, then one a second for two minutes, and a lease that was given back.
const FIRST_VERSION = new URL('./fixture/first-version.db.gz', import.meta.url)
const MINUTES = 27 * 60
const SECONDS = 120
const END_MS = NOON_MS + MINUTES * MINUTE_MS + SECONDS * 1_000

async function firstVersion(place: Place): Promise<void> {
  mkdirSync(dirname(place.file))
  writeFileSync(place.file, gunzipSync(readFileSync(FIRST_VERSION)))
  place.clock.set(END_MS)
}

const expectedSlices = Array.from({ length: MINUTES + SECONDS }, (_, n) => [
  sliceOf({ okMs: [(n + 1) % 90], limitsMs: [25] }),
  ...(n < MINUTES ? [sliceOf({ hits: 1 }, { component: 'cache_l1', name: 'naïve 🐢' })] : []),
]).flat()

test('everything is found in a file of the first version, and goes on from there', async (context) => {
  const place = await Place.of(context)
  await firstVersion(place)
  assert.deepEqual(place.look('PRAGMA user_version'), [{ __proto__: null, user_version: 1 }])
  const store = await place.open()
  assert.deepEqual(place.look('PRAGMA user_version'), [{ __proto__: null, user_version: MIGRATIONS.length }])
  assert.deepEqual(await sumsIn(store), sumsOf(expectedSlices))

  const events = await eventsIn(store)
  assert.deepEqual(
    events.map(({ atMs, kind, data }) => [atMs, kind, data]),
    Array.from({ length: 27 }, (_, hour) => [NOON_MS + (hour + 1) * 60 * MINUTE_MS, 'n', (hour + 1) * 60]),
  )
  assert.equal(new Set(events.map(({ id }) => id)).size, 27)
  assert.equal(await store.lease('judge', 10_000), 2n)

  const found = await flushesIn(store, {}, { sinceMs: END_MS - SECONDS * 1_000 })
  assert.deepEqual(
    found.slice(-SECONDS).map(({ flush, presence }) => [flush, plainPresence(presence)]),
    Array.from({ length: SECONDS }, (_, n) => [MINUTES + n + 1, plainPresence(noPresence())]),
  )
  for (const flush of [1, 1_000, MINUTES, MINUTES + SECONDS]) {
    await store.save(batchOf(END_MS, { flush, events: [eventOf(END_MS, 'again')] }))
  }
  assert.deepEqual(await sumsIn(store), sumsOf(expectedSlices), 'what was saved before stays known')
  const more = sliceOf({ okMs: [7], limitsMs: [25] })
  await store.save(
    batchOf(END_MS + 1_000, {
      flush: MINUTES + SECONDS + 1,
      slices: [more],
      presence: presenceOf({ pid: 9 }),
    }),
  )
  assert.deepEqual(await sumsIn(store), sumsOf([...expectedSlices, more]))
  assert.deepEqual(
    (await flushesIn(store, { one: MINUTES + SECONDS })).map(({ presence }) => presence.pid),
    [9],
  )
  place.clock.step(30 * 60 * MINUTE_MS)
  await place.tick(store, 8)
  assert.deepEqual(await sumsIn(store), sumsOf([...expectedSlices, more]), 'and it is folded like the rest')
  assert.deepEqual(place.said.warnings, [])
})
