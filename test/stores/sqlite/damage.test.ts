import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { batchOf, eventOf, eventsIn, flushesIn, sliceOf, spansIn } from '../../../contracts/store/figures.ts'
import { HOUR_MS, MINUTE_MS, NOON_MS, Place } from './place.ts'

const SEEDS = 40

/** A file with something in every table and tier. */
async function filled(place: Place): Promise<{ readonly bytes: Buffer; readonly ok: number }> {
  const store = await place.open()
  let flush = 0
  for (const [count, stepMs] of [
    [60, 30 * MINUTE_MS],
    [120, MINUTE_MS],
    [200, 1_000],
  ] as const) {
    for (let n = 0; n < count; n++) {
      place.clock.step(stepMs)
      const toMs = place.clock.wallMs()
      const slices = Array.from({ length: 8 }, (_, at) => sliceOf({ okMs: [n, at] }, { name: `query ${at}` }))
      await store.save(batchOf(toMs, { flush: ++flush, slices, events: [eventOf(toMs, flush)] }))
    }
  }
  await store.claim('shop', 'notice', place.clock.wallMs())
  await store.publish('shop', { atMs: NOON_MS, token: 1n, bytes: new Uint8Array(9_000) })
  await store.ask('shop', NOON_MS)
  assert.ok(
    place.tiers().every((rows) => rows > 0),
    String(place.tiers()),
  )
  await store.close()
  return { bytes: readFileSync(place.file), ok: flush * 16 }
}

/** Truncates, flips bits in a few places, or overwrites a piece, as the seed says. */
function damaged(bytes: Buffer, seed: number): Buffer {
  let state = seed * 2_654_435_761 + 1
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return Math.floor((state / 0x8000_0000) * below)
  }
  for (let n = 0; n < 5; n++) random(2)
  const hurt = Buffer.from(bytes)
  if (seed % 3 === 0) return hurt.subarray(0, random(hurt.length))
  if (seed % 3 === 1) {
    for (let flips = 1 + random(30); flips > 0; flips--) hurt[random(hurt.length)]! ^= 1 << random(8)
    return hurt
  }
  const from = random(hurt.length)
  return hurt.fill(random(256), from, Math.min(from + random(20_000), hurt.length))
}

test(`law: a file that is damaged anywhere loses what it holds at worst: saving and reading go on (${SEEDS} seeds)`, async (context) => {
  const origin = await Place.of(context)
  const { bytes, ok } = await filled(origin)
  let replaced = 0
  let whole = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    const place = await Place.of(context)
    mkdirSync(dirname(place.file))
    writeFileSync(place.file, damaged(bytes, seed))
    place.clock.set(origin.clock.wallMs())
    const store = await place.open()
    const atMs = place.clock.wallMs() + 1_000
    await store.save(batchOf(atMs, { instance: 'after', events: [eventOf(atMs, 'after')] }))
    place.clock.step(3 * HOUR_MS)
    let found = 0
    for (let tries = 1; ; tries++) {
      try {
        await place.tick(store, 4)
        const spans = await spansIn(store)
        found = spans.flatMap(({ slices }) => slices).reduce((sum, slice) => sum + slice.counts.ok, 0)
        await flushesIn(store)
        await eventsIn(store)
        await store.trim(NOON_MS)
        break
      } catch (error) {
        // A reading that meets the damage ends; the next one is on a fresh file.
        assert.ok(tries <= 2, `seed ${seed}: ${(error as Error).message}`)
      }
    }
    await store.save(batchOf(atMs + 1, { instance: 'after', flush: 2, events: [eventOf(atMs, 'last')] }))
    assert.ok(
      (await eventsIn(store)).some(({ data }) => data === 'last'),
      `seed ${seed}`,
    )
    assert.ok(found <= ok + 1, `seed ${seed}: ${found} operations of ${ok + 1}`)
    if (place.said.warnings.some((text) => text.includes('is damaged'))) replaced++
    if (found === ok + 1) whole++
    await store.close()
  }
  assert.ok(replaced > 0 && whole > 0)
})
