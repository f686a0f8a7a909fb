import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type At, HOUR_MS, NOON_MS } from './stage.ts'

/** One holder at a time. */
export function leaseTests(at: At): void {
  test('a lease is kept by renewing it, with one token', () =>
    at(async ({ clock, handle }) => {
      const store = await handle()
      const token = await store.lease('judge', 10_000)
      assert.equal(typeof token, 'bigint')
      clock.step(9_000)
      assert.equal(await store.lease('judge', 10_000), token)
      clock.step(60_000)
      assert.equal(await store.lease('judge', 10_000), token, 'nobody else took it meanwhile')
    }))

  test('a lease that was given back can be taken again', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.release('judge')
      const token = await store.lease('judge', 10_000)
      await store.release('judge')
      const again = await store.lease('judge', 10_000)
      assert.ok(token !== undefined && again !== undefined && again >= token)
    }))
}

/** As several processes see it. */
export function sharedLeaseTests(at: At): void {
  test('of two that ask for a lease one has it, until it lapses; each new holder has a larger token', () =>
    at(async ({ clock, handle }) => {
      const one = await handle()
      const two = await handle()
      const first = await one.lease('judge', 10_000)
      assert.ok(first !== undefined)
      assert.equal(await two.lease('judge', 10_000), undefined)
      assert.ok((await two.lease('other', 10_000)) !== undefined, 'another name is another lease')
      clock.step(9_000)
      assert.equal(await one.lease('judge', 10_000), first)
      clock.step(9_999)
      assert.equal(await two.lease('judge', 10_000), undefined)
      clock.step(1)
      const second = await two.lease('judge', 10_000)
      assert.ok(second !== undefined && second > first)
      assert.equal(await one.lease('judge', 10_000), undefined, 'the former holder has lost it')
      clock.step(10_000)
      const third = await one.lease('judge', 10_000)
      assert.ok(third !== undefined && third > second)
    }))

  test('a clock that was set back makes no lease last longer than was asked for', () =>
    at(async ({ clock, handle }) => {
      const one = await handle()
      const two = await handle()
      const first = await one.lease('judge', 10_000)
      clock.set(NOON_MS - HOUR_MS)
      assert.equal(await two.lease('judge', 10_000), undefined, 'nor does it end at once')
      clock.step(10_000)
      const second = await two.lease('judge', 10_000)
      assert.ok(first !== undefined && second !== undefined && second > first)
    }))

  test('a lease that was given back is the next one’s at once, with a larger token', () =>
    at(async ({ handle }) => {
      const one = await handle()
      const two = await handle()
      const first = await one.lease('judge', 10_000)
      const other = await one.lease('other', 10_000)
      await two.release('judge')
      assert.equal(await two.lease('judge', 10_000), undefined, 'only the holder gives it back')
      await one.release('judge')
      const second = await two.lease('judge', 10_000)
      assert.ok(first !== undefined && second !== undefined && second > first)
      assert.equal(await one.lease('judge', 10_000), undefined)
      assert.equal(await two.lease('other', 10_000), undefined, 'the other lease is still held')
      assert.equal(await one.lease('other', 10_000), other)
    }))

  test('of many that ask at the same time one gets the lease', () =>
    at(async ({ handle }) => {
      const stores = await Promise.all(Array.from({ length: 5 }, () => handle()))
      const tokens = await Promise.all(stores.map((store) => store.lease('judge', 10_000)))
      assert.equal(tokens.filter((token) => token !== undefined).length, 1)
    }))
}
