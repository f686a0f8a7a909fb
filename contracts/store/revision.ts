import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '../../src/engine/store.ts'
import { batchOf, eventOf } from './figures.ts'
import { type At, NOON_MS } from './stage.ts'

/** A store that has a revision has another one after what its readers have not read. */
async function isAnotherAfter(store: Store, work: () => Promise<unknown>): Promise<void> {
  const before = await store.revision()
  await work()
  const after = await store.revision()
  assert.equal(typeof after, typeof before)
  if (before !== undefined) assert.notEqual(after, before)
}

/** Who reads again only when the revision is another one misses nothing. */
export function revisionTests(at: At): void {
  test('the revision, if there is one, is another after events came in from here', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await isAnotherAfter(store, () => store.append('shop', [eventOf(NOON_MS, 'appended')]))
      await isAnotherAfter(store, () => store.save(batchOf(NOON_MS, { events: [eventOf(NOON_MS, 'saved')] })))
    }))
}

export function sharedRevisionTests(at: At): void {
  test('the revision, if there is one, is another after anything came in from elsewhere', () =>
    at(async ({ handle }) => {
      const [store, other] = [await handle(), await handle()]
      await isAnotherAfter(store, () => other.save(batchOf(NOON_MS)))
      await isAnotherAfter(store, () => other.append('shop', [eventOf(NOON_MS, 'appended')]))
    }))
}
