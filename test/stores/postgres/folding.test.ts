import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { batchOf, EVER, sliceOf, spansIn, sumsIn, sumsOf } from '../../../contracts/store/figures.ts'
import type { Batch, Store } from '../../../src/engine/store.ts'
import type { Slice } from '../../../src/measure/slice.ts'
import { noPostgres } from '../../servers/postgres.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, Place, serverOfFile } from './place.ts'

const FLUSH_MS = 5_000

/** Saves a flush every five seconds for some minutes from noon on, the clock going along. */
async function record(
  place: Place,
  store: Store,
  minutes: number,
  instance = 'one',
): Promise<readonly Batch[]> {
  const saved: Batch[] = []
  for (let n = 1; n <= minutes * 12; n++) {
    const toMs = NOON_MS + n * FLUSH_MS + 3
    if (place.clock.wallMs() < toMs) place.clock.set(toMs)
    const slices = [sliceOf({ okMs: [n % 90], failedMs: n % 7 === 0 ? [1] : [], limitsMs: [25] })]
    const batch = batchOf(toMs, { flush: n, instance, slices, fromMs: toMs - FLUSH_MS })
    await store.save(batch)
    saved.push(batch)
  }
  return saved
}

const sumOf = (saved: readonly Batch[]) => sumsOf(saved.flatMap((batch) => batch.slices))

describe('folding in PostgreSQL', { skip: noPostgres }, async () => {
  if (noPostgres !== false) return
  const server = await serverOfFile()

  test('flushes are there for one to two minutes; then 5 s for 2 h, minutes for 25 h, quarter hours', async (context) => {
    const place = new Place(server, context)
    const store = await place.open()
    const saved = await record(place, store, 6)
    // 12:06:00.003 now: what came in before 12:05 is folded.
    assert.deepEqual(await place.tiers(), [13, 59, 0, 0])
    await place.rest(store)
    assert.deepEqual(await place.tiers(), [0, 72, 0, 0])
    assert.deepEqual(await sumsIn(store), sumOf(saved))
    place.clock.step(2 * HOUR_MS)
    await place.tick(store)
    assert.deepEqual(await place.tiers(), [0, 0, 7, 0])
    assert.deepEqual(await sumsIn(store), sumOf(saved))
    place.clock.step(25 * HOUR_MS)
    await place.tick(store)
    assert.deepEqual(await place.tiers(), [0, 0, 0, 1])
    assert.deepEqual(await sumsIn(store), sumOf(saved))
    assert.deepEqual(place.said.warnings, [])
  })

  test('the lanes hold nothing after they were folded, and no dead rows', async (context) => {
    const place = new Place(server, context)
    const store = await place.open()
    await record(place, store, 3)
    await place.rest(store)
    const [row] = await place.look<{ readonly bytes: string }>(
      `SELECT sum(pg_relation_size(inhrelid))::text AS bytes FROM pg_inherits WHERE inhparent = '@flushes'::regclass`,
    )
    assert.ok(
      Number(row!.bytes) <= 2 * 8_192,
      `${row!.bytes} bytes: two pages, of the clockwork's last flushes`,
    )
  })

  test('a reader finds each operation once, at every step of the folding', async (context) => {
    const place = new Place(server, context)
    const store = await place.open()
    const reader = await place.open()
    const saved = [...(await record(place, store, 3)), ...(await record(place, store, 3, 'two'))]
    for (const [steps, stepMs] of [
      [6, MINUTE_MS],
      [6, HOUR_MS],
      [6, 5 * HOUR_MS],
    ] as const) {
      for (let n = 0; n < steps; n++) {
        place.clock.step(stepMs)
        const saving = place.tick(store, 2)
        for (let look = 0; look < 4; look++) assert.deepEqual(await sumsIn(reader), sumOf(saved))
        await saving
        assert.deepEqual(await sumsIn(reader), sumOf(saved))
      }
    }
    assert.deepEqual(await place.tiers(), [0, 0, 0, 1])
  })

  test('what is folded while somebody reads is read as it was', async (context) => {
    const place = new Place(server, context)
    const store = await place.open()
    const saved = await record(place, store, 40)
    const slices: Slice[] = []
    let spans = 0
    for await (const stored of store.slices('shop', EVER)) {
      if (++spans === 3) {
        place.clock.step(2 * DAY_MS)
        await place.tick(store, 8)
      }
      slices.push(...stored.slices)
    }
    assert.deepEqual(sumsOf(slices), sumOf(saved))
    await place.rest(store)
    assert.deepEqual(await place.tiers(), [0, 0, 0, 3])
    assert.deepEqual(await sumsIn(store), sumOf(saved))
  })

  test('a reader who has enough gives its connection back', async (context) => {
    const place = new Place(server, context)
    const store = await place.open()
    const saved = await record(place, store, 2)
    for (let n = 0; n < 10; n++) for await (const _ of store.slices('shop', EVER)) break
    assert.deepEqual(await sumsIn(store), sumOf(saved))
  })

  test('a flush that comes after its slot was folded joins it, and a repeated one changes nothing', async (context) => {
    const place = new Place(server, context)
    const store = await place.open()
    const late = (flush: number) => batchOf(NOON_MS + 30_000, { instance: 'late', flush })
    const saved = [...(await record(place, store, 2))]
    for (const [flush, afterMs] of [10 * MINUTE_MS, 3 * HOUR_MS, DAY_MS, 10 * DAY_MS].entries()) {
      place.clock.step(afterMs)
      await place.tick(store)
      saved.push(late(flush))
      await store.save(late(flush))
      await store.save(late(flush))
      const sums = sumOf(saved)
      assert.deepEqual(await sumsIn(store), sums)
      for (let n = 0; n < 4; n++) {
        place.clock.step(MINUTE_MS)
        await place.tick(store)
        await store.save(late(flush))
        assert.deepEqual(await sumsIn(store), sums)
      }
      assert.equal((await place.tiers())[0], 0)
    }
    for (const batch of saved) await store.save(batch)
    assert.deepEqual(await sumsIn(store), sumOf(saved))
  })

  test('what outlived its retention goes, a quarter of an hour a minute', async (context) => {
    const place = new Place(server, context)
    const store = await place.open({ keep: { quartersMs: 2 * DAY_MS } })
    await record(place, store, 40)
    place.clock.step(3 * DAY_MS)
    for (let n = 0; n < 6; n++) {
      await place.tick(store, 4)
      place.clock.step(MINUTE_MS)
    }
    assert.deepEqual(await place.tiers(), [0, 0, 0, 0])
    const instances = await place.look(`SELECT 1 FROM @instances WHERE service = 'shop'`)
    assert.equal(instances.length, 0)
    const counts = await place.look(`SELECT 1 FROM @counts WHERE service = 'shop'`)
    assert.equal(counts.length, 0)
  })

  test('one of those that share a database does the folding; when it is gone another goes on', async (context) => {
    const place = new Place(server, context)
    const one = await place.open()
    const two = await place.open()
    await place.tick(one, 1)
    const saved = await record(place, two, 1)
    place.clock.step(5 * MINUTE_MS)
    await one.lease('yardstick/upkeep', 600_000)
    await place.tick(two)
    assert.equal((await place.tiers())[0], 12)
    await one.close()
    place.clock.step(MINUTE_MS)
    await place.tick(two)
    assert.deepEqual((await place.tiers()).slice(0, 2), [0, 12])
    assert.deepEqual(await sumsIn(two), sumOf(saved))
  })

  test('a holder that was paused in the middle of a fold changes nothing any more', async (context) => {
    const place = new Place(server, context)
    const paused = await place.open()
    const saved = await record(place, paused, 1)
    const { Database } = await import('../../../src/stores/postgres/database.ts')
    const { LaneFold } = await import('../../../src/stores/postgres/fold-lane.ts')
    const { takeLease } = await import('../../../src/stores/postgres/lease-row.ts')
    const { pgModule } = await import('../../../src/stores/postgres/module.ts')
    const db = new Database(await pgModule(), { url: server.url, schema: place.schema })
    context.after(() => db.close())
    const lease = { name: 'fold', holder: 'former', durationMs: 10_000 }
    const take = (holder: string, nowMs: number) =>
      db.transaction('take', (tx) => takeLease(tx, { ...lease, holder, givenMs: nowMs }))
    const token = (await take('former', NOON_MS))!
    const lanes = await place.look<{ readonly lane: number }>('SELECT DISTINCT lane FROM @flushes')
    const options = { lease: { ...lease, token }, onBad: assert.fail }
    const folds = lanes.map(({ lane }) => new LaneFold(db, lane, options))
    for (const fold of folds) assert.equal(await fold.step(), false)
    assert.equal(await take('next', NOON_MS + 20_000), token + 1n)
    for (const fold of folds) await fold.step()
    assert.deepEqual(await place.tiers(), [12, 0, 0, 0])
    const next = { ...options, lease: { ...lease, holder: 'next', token: token + 1n } }
    for (const { lane } of lanes) {
      const fold = new LaneFold(db, lane, next)
      assert.equal(await fold.step(), false)
      if (lane === lanes[0]!.lane) {
        // Came in after it was read: it begins again.
        await server.query(
          `UPDATE ${place.schema}.flushes SET flush = flush + 1000 WHERE flush = (SELECT max(flush) FROM ${place.schema}.flushes WHERE lane = ${lane})`,
        )
        assert.equal(await fold.step(), false)
        assert.equal(await fold.step(), false)
      }
      assert.equal(await fold.step(), true)
    }
    assert.deepEqual((await place.tiers()).slice(0, 2), [0, 12])
    assert.deepEqual(await sumsIn(paused), sumOf(saved))
    assert.ok((await spansIn(paused)).length > 0)
  })
})
