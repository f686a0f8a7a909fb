import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { batchOf } from '../../../contracts/store/figures.ts'
import { noPresence } from '../../../src/stores/presence.ts'
import { Database } from '../../../src/stores/sqlite/database.ts'
import { Names } from '../../../src/stores/sqlite/names.ts'
import { Upkeep } from '../../../src/stores/sqlite/upkeep.ts'
import { MINUTE_MS, NOON_MS, Place } from './place.ts'

/** Counts what it is asked. */
class Counted extends Database {
  asked = 0

  override first<T>(sql: string, ...values: readonly (string | number)[]): T | undefined {
    this.asked++
    return super.first(sql, ...values)
  }
}

async function opened(t: Parameters<typeof Place.of>[0], options: { maxBytes?: number; secondsMs?: number }) {
  const place = await Place.of(t)
  const store = await place.open()
  await store.save(batchOf(NOON_MS))
  await store.close()
  const db = new Counted(place.file)
  t.after(() => db.close())
  const upkeep = new Upkeep(db, new Names(db), {
    ...{ holder: 'one', clock: place.clock, maxBytes: options.maxBytes ?? 2 ** 28 },
    keep: options.secondsMs === undefined ? {} : { secondsMs: options.secondsMs },
    ...{ onBad: () => {}, onFull: () => {} },
  })
  /** How many queries a step makes. */
  const step = (): number => {
    const before = db.asked
    upkeep.step()
    return db.asked - before
  }
  return { clock: place.clock, upkeep, step }
}

describe('upkeep that found nothing to do', () => {
  test('looks at nothing but the size of the file until a slot comes due', async (t) => {
    const { clock, step } = await opened(t, {})
    assert.ok(step() > 5)
    assert.equal(step(), 1)
    clock.step(4_999)
    assert.equal(step(), 1)
    clock.step(1)
    assert.ok(step() > 5)
    assert.equal(step(), 1)
  })

  test('looks again after a clock that was set back', async (t) => {
    const { clock, step } = await opened(t, {})
    step()
    assert.equal(step(), 1)
    clock.set(NOON_MS - MINUTE_MS)
    assert.ok(step() > 5)
  })

  test('looks when the oldest comes due, whatever is kept', async (t) => {
    const { clock, step } = await opened(t, { secondsMs: 10 * MINUTE_MS + 1_234 })
    step()
    clock.step(1_233)
    assert.equal(step(), 1)
    clock.step(1)
    assert.ok(step() > 5)
  })

  test('looks at once when something was saved that is due already, or the file is over its cap', async (t) => {
    const { upkeep, step } = await opened(t, {})
    step()
    upkeep.wake()
    assert.ok(step() > 5)
    const full = await opened(t, { maxBytes: 1 })
    full.step()
    assert.ok(full.step() > 1)
  })
})

test('what is imported is folded as it comes', async (t) => {
  const place = await Place.of(t)
  const store = await place.open()
  for (let flush = 1; flush <= 40; flush++) {
    const endMs = NOON_MS - 30 * MINUTE_MS + flush * 1_000
    await store.save(batchOf(endMs, { flush, presence: noPresence() }))
  }
  const [seconds] = place.tiers()
  assert.ok(seconds! <= 5, `${seconds} flushes are left`)
})
