import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Batch, Span, Store, StoredSpan } from '../src/engine/store.ts'
import type { Clock } from '../src/ground/clock.ts'
import { SteppedClock } from './stepped-clock.ts'
import { batches } from './store/arbitrary.ts'
import { batchOf, EVER, eventsIn, plain, sliceOf, spansIn, sumsIn, sumsOf } from './store/figures.ts'

/** A store to be put to the test. */
export interface StoreSubject {
  readonly name: string
  /** Opens the store in an empty directory of the test's own; called again with the same one, opens it once more. */
  readonly open: (at: { readonly directory: string; readonly clock: Clock }) => Promise<Store>
  /** Whether handles opened at one place see what the others saved, as processes do. */
  readonly shared: boolean
}

const NOON_MS = Date.UTC(2026, 0, 15, 12)
const MINUTE_MS = 60_000
const QUARTER_MS = 15 * MINUTE_MS
const HOUR_MS = 60 * MINUTE_MS

interface Place {
  readonly clock: SteppedClock
  readonly handle: () => Promise<Store>
}

/**
 * What every store promises, as tests of `node:test`.
 *
 * @example
 * storeContract({ name: 'memory', shared: false, open: () => openMemory({}, context) })
 */
export function storeContract(subject: StoreSubject): void {
  const { shared } = subject

  async function at(use: (place: Place) => Promise<void>): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'yardstick-store-'))
    const clock = new SteppedClock(NOON_MS)
    const handles: Store[] = []
    const handle = async (): Promise<Store> => {
      const store = await subject.open({ directory, clock })
      handles.push(store)
      return store
    }
    try {
      await use({ clock, handle })
    } finally {
      for (const store of handles) await store.close()
      await rm(directory, { recursive: true, force: true })
    }
  }

  describe(`store contract: ${subject.name}`, () => {
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
                    const expected = saved.filter(
                      (batch) => batch.service === service && endsIn(batch, asked),
                    )
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
                  await store.save(
                    batchOf(clock.wallMs(), { service: 'clockwork', flush: index * 10 + flush }),
                  )
                }
                await check()
                for (const batch of saved) await store.save(batch)
                await check()
              }
            }),
        ),
        { numRuns: 60 },
      ))

    test('a repeated (instance, flush) changes nothing, whatever it holds and however late', () =>
      at(async ({ clock, handle }) => {
        const store = await handle()
        const event = { atMs: NOON_MS, kind: 'grade', data: { overall: 3 } }
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

    test('a batch in which nothing happened is a span too: measured, and nothing there', () =>
      at(async ({ handle }) => {
        const store = await handle()
        await store.save(batchOf(NOON_MS, { slices: [] }))
        assert.deepEqual(await spansIn(store), [{ fromMs: NOON_MS - 1_000, toMs: NOON_MS, slices: [] }])
      }))

    test('events come back in order of time, by service, by span', () =>
      at(async ({ handle }) => {
        const store = await handle()
        const event = (atMs: number, data: unknown, kind = 'grade') => ({ atMs: NOON_MS + atMs, kind, data })
        const late = event(3_000, { overall: null, byTarget: { 'p95 🐢': 4 } })
        const early = [event(1_000, 'first'), event(1_000.5, [1, 2.5, null]), event(1_000.5, true, 'change')]
        await store.save(batchOf(NOON_MS + 3_000, { flush: 2, events: [late] }))
        await store.save(batchOf(NOON_MS + 1_000, { flush: 1, events: early }))
        await store.save(batchOf(NOON_MS + 1_000, { service: 'billing', events: [event(1_000, 'other')] }))
        assert.deepEqual(await eventsIn(store), [...early, late])
        const span = { fromMs: NOON_MS + 1_000, toMs: NOON_MS + 3_000 }
        assert.deepEqual(await eventsIn(store, 'shop', span), [...early.slice(1), late])
        assert.deepEqual(await eventsIn(store, 'billing'), [event(1_000, 'other')])
        assert.deepEqual(await eventsIn(store, 'nobody'), [])
      }))

    test('more events than fit in one reading are all read, once', () =>
      at(async ({ handle }) => {
        const store = await handle()
        const events = Array.from({ length: 1_203 }, (_, n) => ({
          atMs: NOON_MS + (n >> 2),
          kind: 'n',
          data: n,
        }))
        await store.save(batchOf(NOON_MS, { events }))
        assert.deepEqual(await eventsIn(store), events)
      }))

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

    test('trim deletes what ended before, and nothing else', () =>
      at(async ({ clock, handle }) => {
        const store = await handle()
        const save = (toMs: number, flush: number) =>
          store.save(batchOf(toMs, { flush, events: [{ atMs: toMs, kind: 'n', data: flush }] }))
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

    // What follows is asked of stores that several processes share.
    if (!shared) return

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
  })
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
