import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { batchOf, eventOf, eventsIn, sliceOf, sumsIn } from '../../../contracts/store/figures.ts'
import { SaveQueue } from '../../../src/engine/save-queue.ts'
import { openStore } from '../../../src/stores/open.ts'
import { sqlite } from '../../../src/stores/sqlite.ts'
import { NOON_MS, Place } from './place.ts'

const mount = (...words: readonly string[]): boolean => spawnSync('mount', words).status === 0

/** Gives a test a place whose store lies on a disk of 2 MB of its own. */
async function onSmallDisk(
  context: TestContext,
  use: (place: Place, disk: string) => Promise<void>,
): Promise<void> {
  const place = await Place.of(context)
  const disk = dirname(place.file)
  mkdirSync(disk)
  if (process.platform !== 'linux' || !mount('-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk)) {
    return context.skip('no tmpfs can be mounted here (needs root)')
  }
  try {
    await use(place, disk)
  } finally {
    spawnSync('umount', ['-l', disk])
  }
}

const slices = Array.from({ length: 40 }, (_, n) =>
  sliceOf({ okMs: Array.from({ length: 40 }, (_, at) => n * at) }, { name: `query ${n}` }),
)

test('on a disk that fills up saving stops and is told; with room again all of it arrives, once', (context) =>
  onSmallDisk(context, async (place, disk) => {
    const store = await place.open()
    const queue = new SaveQueue(store, place.clock)
    let flush = 0
    const record = async (): Promise<void> => {
      flush++
      place.clock.step(1_000)
      const atMs = place.clock.wallMs()
      queue.push(batchOf(atMs, { flush, slices, events: [eventOf(atMs, flush)] }))
      await queue.drain()
    }
    while (queue.queued === 0) {
      assert.ok(flush < 1_000, 'the disk has to fill up')
      await record()
    }
    assert.match(queue.lastError ?? '', /could not save to .*(full|disk I\/O error)/)
    for (let n = 0; n < 50; n++) await record()
    assert.ok(queue.queued >= 50)
    assert.equal(queue.dropped, 0)

    assert.ok(mount('-o', 'remount,size=64m', disk))
    place.clock.step(60_000)
    await queue.drain()
    assert.deepEqual([queue.queued, queue.dropped, queue.lastError], [0, 0, undefined])
    assert.deepEqual({ ...place.look<object>('PRAGMA integrity_check')[0] }, { integrity_check: 'ok' })
    assert.deepEqual(
      (await eventsIn(store)).map(({ data }) => data),
      Array.from({ length: flush }, (_, n) => n + 1),
    )
    const sums = (await sumsIn(store)) as Record<string, { ok: number }>
    for (let n = 0; n < 40; n++) assert.equal(sums[`8:database:query ${n}`]?.ok, 40 * flush)
    await store.close()
  }))

test('a disk that is full at the start: the file is made as soon as there is room', (context) =>
  onSmallDisk(context, async (place, disk) => {
    const { bavail, bsize } = statfsSync(disk)
    const filler = join(disk, 'filler')
    writeFileSync(filler, Buffer.alloc(bavail * bsize))
    const { directory, clock, said: logger } = place
    const store = await openStore(sqlite(), { directory, clock, logger })
    assert.equal(store.name, 'sqlite')
    assert.equal(place.said.warnings.length, 1)
    assert.match(place.said.warnings[0]!, /cannot be used for the moment/)
    await assert.rejects(() => store.save(batchOf(NOON_MS)), { code: 'YS_STORE_FAILED' })
    rmSync(filler)
    await store.save(batchOf(NOON_MS))
    const sums = (await sumsIn(store)) as Record<string, { ok: number }>
    assert.equal(sums['8:database:user_lookup']?.ok, 1)
    await store.close()
  }))
