import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Batch, Span, StoredSpan } from '../../src/engine/store.ts'
import { batches } from './arbitrary.ts'
import { batchOf, EVER, spansIn, sumsOf } from './figures.ts'
import { type At, HOUR_MS, MINUTE_MS, NOON_MS, QUARTER_MS } from './stage.ts'

/** Spans are in order, do not overlap, and hold each operation once. */
export function spanTests(at: At): void {
  test('law: the sums of any span cut at slots are those of the batches that ended in it, however old', () =>
    fc.assert(
      fc.asyncProperty(
        batches(NOON_MS, 3 * HOUR_MS),
        fc.array(fc.nat(13), { minLength: 2, maxLength: 2 }),
        fc.array(fc.constantFrom(MINUTE_MS, 11 * MINUTE_MS, 26 * HOUR_MS, -2 * HOUR_MS), { maxLength: 3 }),
        (saved, cuts, steps) =>
          at(async ({ clock, handle }) => {
            const store = await handle()
            const [from = 0, to = 0] = cuts.toSorted((a, b) => a - b)
            const origin = NOON_MS - 3 * HOUR_MS - QUARTER_MS
            const span = { fromMs: origin + from * QUARTER_MS, toMs: origin + to * QUARTER_MS }
            const check = async (): Promise<void> => {
              for (const service of ['shop', 'shop2']) {
                for (const asked of [span, EVER]) {
                  const spans = await spansIn(store, service, asked)
                  inOrder(spans, asked)
                  const expected = saved.filter((batch) => batch.service === service && endsIn(batch, asked))
                  assert.deepEqual(slicesSum(spans), sumsOf(expected.flatMap((batch) => batch.slices)))
                }
              }
            }
            for (const batch of saved) await store.save(batch)
            await check()
            for (const [index, step] of steps.entries()) {
              if (step > 0) clock.step(step)
              else clock.set(clock.wallMs() + step)
              // Stores do their housekeeping when something is saved.
              for (let flush = 0; flush < 3; flush++) {
                await store.save(batchOf(clock.wallMs(), { service: 'clockwork', flush: index * 10 + flush }))
              }
              await check()
              for (const batch of saved) await store.save(batch)
              await check()
            }
          }),
      ),
      { numRuns: 60 },
    ))

  test('spans come oldest first and do not overlap, whoever saved them in whatever order', () =>
    at(async ({ handle }) => {
      const store = await handle()
      for (const [index, second] of [5, 1, 4, 2, 3].entries()) {
        await store.save(batchOf(NOON_MS + second * 1_000 + 3, { flush: index }))
        await store.save(batchOf(NOON_MS + second * 1_000 + 600, { instance: 'two', flush: index }))
      }
      const spans = await spansIn(store)
      inOrder(spans, EVER)
      assert.equal(spans[0]?.fromMs, NOON_MS + 3)
      assert.equal(spans.at(-1)?.toMs, NOON_MS + 5_600)
    }))

  test('a flush belongs to the span in which it ends, and to one only', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.save(batchOf(NOON_MS + 400, { flush: 1 }))
      await store.save(batchOf(NOON_MS + 1_000, { flush: 2 }))
      const ends = async (fromMs: number, toMs: number) =>
        (await spansIn(store, 'shop', { fromMs, toMs })).map((stored) => stored.toMs - NOON_MS)
      assert.deepEqual(await ends(NOON_MS - MINUTE_MS, NOON_MS), [])
      assert.deepEqual(await ends(NOON_MS, NOON_MS + 400), [400])
      assert.deepEqual(await ends(NOON_MS + 1_000, NOON_MS + 2_000), [])
      assert.deepEqual(await ends(NOON_MS + 500, NOON_MS + 600), [])
      assert.equal((await ends(NOON_MS, NOON_MS + 1_000)).at(-1), 1_000)
    }))

  test('says what is held of a service: where its spans begin and end, however much of it was folded', () =>
    at(async ({ clock, handle }) => {
      const store = await handle()
      assert.deepEqual(await store.held('shop'), [])
      for (const [index, agoMs] of [4 * HOUR_MS, 3 * MINUTE_MS, 0].entries()) {
        await store.save(batchOf(NOON_MS - agoMs, { flush: index }))
      }
      await store.save(batchOf(NOON_MS - 9 * HOUR_MS, { service: 'billing' }))
      for (let minute = 0; minute < 6; minute++) {
        const held = await store.held('shop')
        const tiers = held.map(({ tierMs }) => tierMs)
        assert.deepEqual(
          tiers,
          tiers.toSorted((a, b) => a - b),
        )
        assert.equal(Math.min(...held.map(({ fromMs }) => fromMs)), NOON_MS - 4 * HOUR_MS - 1_000)
        assert.equal(Math.max(...held.map(({ toMs }) => toMs)), NOON_MS)
        clock.step(MINUTE_MS)
        await store.save(batchOf(clock.wallMs(), { service: 'clockwork', flush: minute }))
      }
      await store.trim(NOON_MS - HOUR_MS)
      const left = await store.held('shop')
      assert.equal(Math.min(...left.map(({ fromMs }) => fromMs)), NOON_MS - 3 * MINUTE_MS - 1_000)
    }))

  test('a batch in which nothing happened is a span too: measured, and nothing there', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.save(batchOf(NOON_MS, { slices: [] }))
      assert.deepEqual(await spansIn(store), [{ fromMs: NOON_MS - 1_000, toMs: NOON_MS, slices: [] }])
    }))
}

function endsIn(batch: Batch, span: Span): boolean {
  return batch.toMs > span.fromMs && batch.toMs <= span.toMs
}

function slicesSum(spans: readonly StoredSpan[]): unknown {
  return sumsOf(spans.flatMap((stored) => stored.slices))
}

function inOrder(spans: readonly StoredSpan[], asked: Span): void {
  let endMs = asked.fromMs
  for (const [index, { fromMs, toMs }] of spans.entries()) {
    assert.ok(fromMs <= toMs, `span ${index} ends before it starts`)
    assert.ok(index === 0 || fromMs >= endMs, `span ${index} overlaps the one before`)
    assert.ok(toMs > endMs, `span ${index} is not after the one before`)
    endMs = toMs
  }
  assert.ok(spans.length === 0 || endMs <= asked.toMs)
}
