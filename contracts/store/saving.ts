import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchOf, eventOf, eventsIn, plain, sliceOf, spansIn, sumsIn } from './figures.ts'
import { type At, HOUR_MS, MINUTE_MS, NOON_MS } from './stage.ts'

/** What is saved is kept, once. */
export function savingTests(at: At): void {
  test('gives back what was saved, to the last bit', () =>
    at(async ({ handle }) => {
      const store = await handle()
      const saved = batchOf(NOON_MS + 0.25, {
        fromMs: NOON_MS - 999.5,
        slices: [
          sliceOf({ okMs: [0, 0.1, 24.9, 25, 6e7], failedMs: [3], limitsMs: [25, 50] }),
          sliceOf({ okMs: [1], hits: 3, misses: 1 }, { component: 'cache_l1', name: 'get', nested: true }),
          sliceOf(
            {
              okMs: [120],
              breakdown: { database: { calls: 4, wallMs: 80.5 } },
              ownMs: 39.5,
              levels: [
                [1, 3, 250],
                [88, 1, 2.5],
              ],
            },
            { component: 'request', name: 'GET /naïve/:🐢' },
          ),
        ],
      })
      await store.save(saved)
      const [stored, ...rest] = await spansIn(store)
      assert.deepEqual(rest, [])
      assert.equal(stored?.fromMs, saved.fromMs)
      assert.equal(stored.toMs, saved.toMs)
      const everything = ({ counts, ...key }: (typeof saved.slices)[number]) => ({
        ...key,
        ...(plain(counts) as object),
      })
      assert.deepEqual(stored.slices.map(everything), saved.slices.map(everything))
    }))

  test('a repeated (instance, flush) changes nothing, whatever it holds and however late', () =>
    at(async ({ clock, handle }) => {
      const store = await handle()
      const event = eventOf(NOON_MS, { overall: 3 })
      const first = batchOf(NOON_MS, { flush: 7, events: [event] })
      await store.save(first)
      const sums = await sumsIn(store)
      for (const afterMs of [0, 20 * MINUTE_MS, 30 * HOUR_MS]) {
        clock.step(afterMs)
        for (let flush = 0; flush < 3; flush++) {
          await store.save(batchOf(clock.wallMs(), { service: 'clockwork', flush: afterMs + flush }))
        }
        await store.save(first)
        await store.save({ ...first, slices: [sliceOf({ okMs: [1, 2, 3] })], toMs: NOON_MS + 5_000 })
        assert.deepEqual(await sumsIn(store), sums)
        assert.deepEqual(await eventsIn(store), [event])
      }
    }))

  test('a flush that arrives after a later one still counts', () =>
    at(async ({ clock, handle }) => {
      const store = await handle()
      await store.save(batchOf(NOON_MS + 2_000, { flush: 3 }))
      clock.step(HOUR_MS)
      await store.save(batchOf(clock.wallMs(), { service: 'clockwork' }))
      await store.save(batchOf(NOON_MS + 1_000, { flush: 2 }))
      const sums = (await sumsIn(store)) as Record<string, { ok: number }>
      assert.equal(sums['8:database:user_lookup']?.ok, 2)
    }))

  test('the same flush of two instances, and of two services, are different flushes', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.save(batchOf(NOON_MS))
      await store.save(batchOf(NOON_MS, { instance: 'two' }))
      await store.save(batchOf(NOON_MS, { service: 'billing', slices: [sliceOf({ okMs: [1, 2, 3] })] }))
      const ok = async (service: string) =>
        ((await sumsIn(store, service)) as Record<string, { ok: number }>)['8:database:user_lookup']?.ok
      assert.equal(await ok('shop'), 2)
      assert.equal(await ok('billing'), 3)
      assert.equal(await ok('shop2'), undefined)
    }))

  test('trim deletes what ended before, and nothing else', () =>
    at(async ({ clock, handle }) => {
      const store = await handle()
      const save = (toMs: number, flush: number) =>
        store.save(batchOf(toMs, { flush, events: [eventOf(toMs, flush)] }))
      await save(NOON_MS - 30 * HOUR_MS, 1)
      await save(NOON_MS - 2 * HOUR_MS, 2)
      await save(NOON_MS - 1_000, 3)
      await save(NOON_MS, 4)
      clock.step(MINUTE_MS)
      await store.trim(NOON_MS)
      assert.deepEqual(
        (await spansIn(store)).map((stored) => stored.toMs),
        [NOON_MS],
      )
      assert.deepEqual(
        (await eventsIn(store)).map((event) => event.data),
        [4],
      )
      await save(NOON_MS - 1_000, 3)
      assert.equal((await spansIn(store)).length, 1, 'a repeat brings nothing back')
    }))

  test('closing twice is closing; a closed store says so', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.save(batchOf(NOON_MS))
      await store.close()
      await store.close()
      await assert.rejects(() => store.save(batchOf(NOON_MS, { flush: 2 })))
      await assert.rejects(() => spansIn(store))
      await assert.rejects(() => eventsIn(store))
    }))
}

/** As several processes see it. */
export function sharedSavingTests(at: At): void {
  test('what one handle saved the other reads, and after a restart it is still there', () =>
    at(async ({ handle }) => {
      const one = await handle()
      const two = await handle()
      for (let flush = 0; flush < 20; flush++) {
        await one.save(batchOf(NOON_MS + flush * 1_000, { flush, instance: 'one' }))
        await two.save(batchOf(NOON_MS + flush * 1_000, { flush, instance: 'two' }))
      }
      await two.save(batchOf(NOON_MS, { flush: 0, instance: 'one' }))
      const sums = (await sumsIn(one)) as Record<string, { ok: number }>
      assert.equal(sums['8:database:user_lookup']?.ok, 40)
      assert.deepEqual(await sumsIn(two), sums)
      await one.close()
      await two.close()
      assert.deepEqual(await sumsIn(await handle()), sums)
    }))
}
