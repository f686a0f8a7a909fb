import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type At, HOUR_MS, NOON_MS } from './stage.ts'

/** Claimed once. */
export function claimTests(at: At): void {
  test('a claim is given to the first who asks, of each service and key', () =>
    at(async ({ clock, handle }) => {
      const store = await handle()
      assert.equal(await store.claim('shop', 'notice 1 🐢', NOON_MS), true)
      assert.equal(await store.claim('shop', 'notice 1 🐢', NOON_MS), false)
      assert.equal(await store.claim('shop', 'notice 2', NOON_MS), true)
      assert.equal(await store.claim('billing', 'notice 1 🐢', NOON_MS), true)
      clock.step(24 * HOUR_MS)
      assert.equal(await store.claim('shop', 'notice 1 🐢', clock.wallMs()), false)
      await store.trim(NOON_MS)
      assert.equal(await store.claim('shop', 'notice 2', clock.wallMs()), false, 'kept like events')
    }))
}

/** As several processes see it. */
export function sharedClaimTests(at: At): void {
  test('of many that claim the same at the same time one gets it, and a restart does not forget it', () =>
    at(async ({ handle }) => {
      const stores = await Promise.all(Array.from({ length: 5 }, () => handle()))
      const given = await Promise.all(stores.map((store) => store.claim('shop', 'notice', NOON_MS)))
      assert.equal(given.filter(Boolean).length, 1)
      for (const store of stores) await store.close()
      assert.equal(await (await handle()).claim('shop', 'notice', NOON_MS), false)
    }))
}
