import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventOf, eventsIn } from './figures.ts'
import { type At, NOON_MS } from './stage.ts'

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)

/** What the holder shows, what the others ask for, and the fence that keeps former holders out. */
export function boardTests(at: At): void {
  test('what was published last is read, byte for byte, by service', () =>
    at(async ({ handle }) => {
      const store = await handle()
      assert.equal(await store.published('shop'), undefined)
      const large = Uint8Array.from({ length: 300_000 }, (_, n) => (n * 31) & 255)
      for (const [n, each] of [bytes(), bytes(0, 255, 7), large, bytes(1)].entries()) {
        const snapshot = { atMs: NOON_MS + n + 0.25, token: 2n ** 40n + 1n, bytes: each }
        assert.equal(await store.publish('shop', snapshot), true)
        const found = await store.published('shop')
        assert.deepEqual({ ...found, bytes: Uint8Array.from(found!.bytes) }, snapshot)
      }
      assert.equal(await store.published('billing'), undefined)
    }))

  test('a former holder publishes and appends nothing once a newer one did either', () =>
    at(async ({ handle }) => {
      const store = await handle()
      const publish = (token: bigint) =>
        store.publish('shop', { atMs: NOON_MS, token, bytes: bytes(Number(token)) })
      const append = (token: bigint | undefined, data: string) =>
        store.append('shop', [eventOf(NOON_MS, data)], token)
      assert.equal(await publish(3n), true)
      assert.equal(await publish(2n), false)
      assert.equal(await append(2n, 'by a former holder'), false)
      assert.equal(await append(3n, 'by the holder'), true)
      assert.equal(await append(4n, 'by the next one'), true)
      assert.equal(await append(3n, 'by a former holder too'), false)
      assert.equal(await publish(3n), false)
      assert.equal((await store.published('shop'))?.token, 3n, 'an event replaces no snapshot')
      assert.equal(await append(undefined, 'by anybody'), true)
      assert.deepEqual(
        (await eventsIn(store)).map(({ data }) => data),
        ['by the holder', 'by the next one', 'by anybody'],
      )
      assert.equal(
        await store.append('billing', [eventOf(NOON_MS, 1)], 1n),
        true,
        'a fence is a service’s own',
      )
      assert.equal(await publish(4n), true)
      assert.deepEqual([...(await store.published('shop'))!.bytes], [4])
    }))

  test('the latest that was asked for counts', () =>
    at(async ({ handle }) => {
      const store = await handle()
      assert.equal(await store.asked('shop'), 0)
      for (const [untilMs, expected] of [
        [NOON_MS, NOON_MS],
        [NOON_MS + 5_000.5, NOON_MS + 5_000.5],
        [NOON_MS + 1_000, NOON_MS + 5_000.5],
      ] as const) {
        await store.ask('shop', untilMs)
        assert.equal(await store.asked('shop'), expected)
      }
      assert.equal(await store.asked('billing'), 0)
    }))

  test('what is on the board outlives what was trimmed', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.publish('shop', { atMs: NOON_MS, token: 5n, bytes: bytes(5) })
      await store.ask('shop', NOON_MS)
      await store.trim(NOON_MS + 1)
      assert.equal((await store.published('shop'))?.token, 5n)
      assert.equal(await store.publish('shop', { atMs: NOON_MS, token: 4n, bytes: bytes(4) }), false)
      assert.equal(await store.asked('shop'), NOON_MS)
    }))
}

/** As several processes see it. */
export function sharedBoardTests(at: At): void {
  test('what one handle publishes and asks the others see, and a fence holds for all, restarts included', () =>
    at(async ({ handle }) => {
      const holder = await handle()
      const replica = await handle()
      await replica.ask('shop', NOON_MS + 60_000)
      assert.equal(await holder.asked('shop'), NOON_MS + 60_000)
      const first = (await holder.lease('judge', 10_000))!
      assert.equal(await holder.publish('shop', { atMs: NOON_MS, token: first, bytes: bytes(1) }), true)
      assert.deepEqual([...(await replica.published('shop'))!.bytes], [1])
      await holder.release('judge')
      const second = (await replica.lease('judge', 10_000))!
      assert.equal(await replica.publish('shop', { atMs: NOON_MS, token: second, bytes: bytes(2) }), true)
      assert.equal(await holder.publish('shop', { atMs: NOON_MS, token: first, bytes: bytes(3) }), false)
      assert.equal(await holder.append('shop', [eventOf(NOON_MS, 'late')], first), false)
      await holder.close()
      await replica.close()
      const again = await handle()
      assert.deepEqual([...(await again.published('shop'))!.bytes], [2])
      assert.equal(await again.append('shop', [eventOf(NOON_MS, 'late')], first), false)
      assert.deepEqual(await eventsIn(again), [])
    }))

  test('of many holders that publish at the same time the newest stays', () =>
    at(async ({ handle }) => {
      const stores = await Promise.all(Array.from({ length: 5 }, () => handle()))
      const publish = (n: number) =>
        stores[n]!.publish('shop', { atMs: NOON_MS, token: BigInt(n + 1), bytes: bytes(n) })
      await Promise.all([2, 4, 0, 3, 1].map(publish))
      assert.deepEqual([...(await stores[0]!.published('shop'))!.bytes], [4])
    }))
}
