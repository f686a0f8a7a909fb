import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { batchOf, flushesIn, presenceOf } from '../../../contracts/store/figures.ts'
import { noPresence } from '../../../src/stores/presence.ts'
import { HOUR_MS, MINUTE_MS, NOON_MS, Place } from './place.ts'

const names = (flushes: Awaited<ReturnType<typeof flushesIn>>) => flushes.map(({ instance }) => instance)

test('an instance that starts after the clock was set back is new all the same', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await store.save(batchOf(NOON_MS))
  place.clock.set(NOON_MS - HOUR_MS)
  await store.save(batchOf(NOON_MS - HOUR_MS, { instance: 'two' }))
  assert.deepEqual(names(await flushesIn(store, { one: 1 }, { sinceMs: NOON_MS })), ['two'])
})

test('what was imported came in when it was counted: a holder does not take it for new', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await store.save(batchOf(NOON_MS - 5 * MINUTE_MS, { instance: 'export', presence: noPresence() }))
  await store.save(batchOf(NOON_MS - 5 * MINUTE_MS, { instance: 'late' }))
  assert.deepEqual(names(await flushesIn(store, {}, { sinceMs: NOON_MS - MINUTE_MS })), ['late'])
})

test('a presence that cannot be read is left out and said once; the flush counts', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  for (const flush of [1, 2])
    await store.save(batchOf(NOON_MS, { flush, presence: presenceOf({ pid: flush }) }))
  const db = new DatabaseSync(place.file)
  db.exec('UPDATE presences SET presence = zeroblob(40)')
  db.close()
  const found = await flushesIn(store)
  assert.deepEqual(
    found.map(({ flush, presence }) => [flush, presence.pid]),
    [
      [1, 0],
      [2, 0],
    ],
  )
  assert.equal(place.said.warnings.length, 1)
  assert.match(place.said.warnings[0]!, /rows that cannot be read.*stored presence/)
})

test('folding and trimming leave no presence behind', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  for (let flush = 1; flush <= 100; flush++) await store.save(batchOf(NOON_MS + flush * 1_000, { flush }))
  place.clock.step(HOUR_MS)
  await place.tick(store, 8)
  assert.equal(place.tiers()[0], 0)
  await store.trim(NOON_MS + 2 * HOUR_MS)
  assert.deepEqual(place.look('SELECT * FROM presences'), [])
  assert.deepEqual(place.look('SELECT * FROM counts'), [])
  assert.deepEqual(place.look('SELECT * FROM emptied'), [])
})
