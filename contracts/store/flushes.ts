import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { StoredFlush } from '../../src/engine/store.ts'
import { unpackCounts } from '../../src/measure/pack.ts'
import { presences } from './arbitrary.ts'
import { all, batchOf, EVER, flushesIn, plain, plainPresence, presenceOf, sliceOf } from './figures.ts'
import { type At, MINUTE_MS, NOON_MS } from './stage.ts'

/** Later than any store's clock. */
const AFTER_ALL_MS = Date.UTC(2200, 0)

const numbers = (flushes: readonly StoredFlush[], instance = 'one'): readonly number[] =>
  flushes.filter((each) => each.instance === instance).map(({ flush }) => flush)

/** What others saved is read flush by flush, each once. */
export function flushTests(at: At): void {
  test('law: a flush is read as it was saved, and so is who saved it', () =>
    fc.assert(
      fc.asyncProperty(presences, (presence) =>
        at(async ({ handle }) => {
          const store = await handle()
          const slices = [
            sliceOf({ okMs: [1, 25, 6e7], failedMs: [3], limitsMs: [25] }),
            sliceOf({ hits: 3 }, { component: 'cache_l1', name: 'naïve 🐢', nested: true }),
          ]
          const saved = batchOf(NOON_MS + 0.25, { flush: 7, fromMs: NOON_MS - 999.5, slices, presence })
          await store.save(saved)
          const [found, ...rest] = await flushesIn(store)
          assert.deepEqual(rest, [])
          const { instance, flush, fromMs, toMs } = saved
          assert.deepEqual(
            { ...found, slices: undefined, presence: undefined },
            { instance, flush, fromMs, toMs, slices: undefined, presence: undefined },
          )
          assert.deepEqual(plainPresence(found!.presence), plainPresence(presence))
          assert.deepEqual(
            found!.slices.map(({ packed, ...key }) => [key, plain(unpackCounts(packed))]),
            slices.map(({ counts, ...key }) => [key, plain(counts)]),
          )
        }),
      ),
      { numRuns: 20 },
    ))

  test('of an instance only what comes after the number that is known, in order, whatever its time', () =>
    at(async ({ handle }) => {
      const store = await handle()
      for (const flush of [1, 2, 5, 3, 12, 40]) {
        await store.save(batchOf(NOON_MS + flush * 1_000, { flush }))
        await store.save(batchOf(NOON_MS - flush * 1_000, { flush, instance: 'two' }))
      }
      await store.save(batchOf(NOON_MS, { flush: 1, service: 'billing' }))
      const every = await flushesIn(store)
      assert.deepEqual(numbers(every), [1, 2, 3, 5, 12, 40])
      assert.deepEqual(numbers(every, 'two'), [1, 2, 3, 5, 12, 40])
      const some = await flushesIn(store, { one: 3, two: 40, three: 1 })
      assert.deepEqual(numbers(some), [5, 12, 40])
      assert.deepEqual(numbers(some, 'two'), [])
      assert.equal((await flushesIn(store, {}, { service: 'billing' })).length, 1)
      assert.deepEqual(await flushesIn(store, {}, { service: 'nobody' }), [])
    }))

  test('of an instance that is not known, what came in long ago is left out', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.save(batchOf(NOON_MS, { flush: 1 }))
      assert.deepEqual(await flushesIn(store, {}, { sinceMs: AFTER_ALL_MS }), [])
      assert.equal((await flushesIn(store)).length, 1)
    }))

  test('more flushes than fit in one reading are all read, once', () =>
    at(async ({ handle }) => {
      const store = await handle()
      for (let flush = 1; flush <= 130; flush++) {
        await store.save(batchOf(NOON_MS + flush * 1_000, { flush, slices: [] }))
      }
      const expected = Array.from({ length: 130 }, (_, n) => n + 1)
      assert.deepEqual(numbers(await flushesIn(store)), expected)
    }))

  test('a repeated flush is not new, and keeps its first presence', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.save(batchOf(NOON_MS, { flush: 1, presence: presenceOf({ inFlight: 3 }) }))
      await store.save(batchOf(NOON_MS, { flush: 1, presence: presenceOf({ inFlight: 9 }) }))
      assert.deepEqual(
        (await flushesIn(store)).map(({ presence }) => presence.inFlight),
        [3],
      )
      assert.deepEqual(await flushesIn(store, { one: 1 }), [])
    }))

  test('law: the spans without what is new, and the new flushes, are together everything once', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            instance: fc.constantFrom('one', 'two', 'three'),
            agoMs: fc.constantFrom(0, 20_000, 5 * MINUTE_MS, 20 * MINUTE_MS),
            when: fc.constantFrom('before', 'between', 'after'),
          }),
          { maxLength: 12 },
        ),
        fc.constantFrom(0, 1_000, 2 * MINUTE_MS),
        (saves, restMs) =>
          at(async ({ clock, handle }) => {
            const store = await handle()
            const flushes: Record<string, number> = {}
            const save = async (when: string): Promise<void> => {
              for (const { instance, agoMs } of saves.filter((each) => each.when === when)) {
                const flush = (flushes[instance] ?? 0) + 1
                flushes[instance] = flush
                await store.save(batchOf(clock.wallMs() - agoMs, { instance, flush }))
              }
            }
            await save('before')
            clock.step(restMs)
            const sinceMs = clock.wallMs()
            const known = new Map<string, number>()
            for (const { instance, flush } of await flushesIn(store, {}, { sinceMs }))
              known.set(instance, flush)
            const taken = { known, sinceMs }
            await save('between')
            const spans = await all(store.slices('shop', EVER, taken))
            await save('after')
            const more = await flushesIn(store, Object.fromEntries(known), { sinceMs })
            const inSpans = spans.flatMap(({ slices }) => slices.map(({ counts }) => counts.ok))
            const inFlushes = more.flatMap(({ slices }) =>
              slices.map(({ packed }) => unpackCounts(packed).ok),
            )
            const sum = [...inSpans, ...inFlushes].reduce((ok, one) => ok + one, 0)
            assert.equal(sum, saves.length)
          }),
      ),
      { numRuns: 40 },
    ))

  test('what was trimmed is not given any more', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.save(batchOf(NOON_MS - 2_000, { flush: 1 }))
      await store.save(batchOf(NOON_MS, { flush: 2 }))
      await store.trim(NOON_MS)
      assert.deepEqual(numbers(await flushesIn(store)), [2])
    }))
}

/** As several processes see it. */
export function sharedFlushTests(at: At): void {
  test('law: a reader that goes on from what it knows gets every flush of every writer once', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ writer: fc.nat(2), flushes: fc.nat(3), read: fc.boolean(), passMs: fc.nat(2_000) }),
          { maxLength: 15 },
        ),
        (steps) =>
          at(async ({ clock, handle }) => {
            const writers = [await handle(), await handle(), await handle()]
            const reader = await handle()
            const saved = [0, 0, 0]
            const known: Record<string, number> = {}
            const taken: Record<string, number[]> = { 0: [], 1: [], 2: [] }
            const read = async (): Promise<void> => {
              for (const { instance, flush } of await flushesIn(reader, known)) {
                taken[instance]!.push(flush)
                known[instance] = flush
              }
            }
            for (const { writer, flushes, read: reads, passMs } of steps) {
              clock.step(passMs)
              for (let n = 0; n < flushes; n++) {
                const flush = ++saved[writer]!
                await writers[writer]!.save(batchOf(clock.wallMs(), { instance: `${writer}`, flush }))
              }
              if (reads) await read()
            }
            await read()
            for (const [writer, flushes] of saved.entries()) {
              assert.deepEqual(
                taken[writer],
                Array.from({ length: flushes }, (_, n) => n + 1),
              )
            }
          }),
      ),
      { numRuns: 15 },
    ))
}
