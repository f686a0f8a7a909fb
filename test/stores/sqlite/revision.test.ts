import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { test } from 'node:test'
import { batchOf } from '../../../contracts/store/figures.ts'
import { NOON_MS, Place } from './place.ts'

test('what an instance saves and asks for by itself leaves the revision as it is', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await store.save(batchOf(NOON_MS, { flush: 1 }))
  const before = await store.revision()
  assert.notEqual(before, undefined)
  await store.save(batchOf(NOON_MS + 1_000, { flush: 2 }))
  await store.lease('judge shop', 5_000)
  await store.publish('shop', { atMs: NOON_MS, token: 1n, bytes: new Uint8Array(3) })
  await store.claim('shop', 'notice', NOON_MS)
  assert.equal(await store.revision(), before)
})

test('a file that is another one has another revision', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await store.save(batchOf(NOON_MS))
  const before = await store.revision()
  for (const suffix of ['', '-wal', '-shm']) await rm(place.file + suffix, { force: true })
  await store.save(batchOf(NOON_MS, { flush: 2 }))
  assert.notEqual(await store.revision(), before)
})
