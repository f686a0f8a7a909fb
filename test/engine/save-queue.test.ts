import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import { batchOf, eventOf, eventsIn, sliceOf } from '../../contracts/store/figures.ts'
import { SaveQueue } from '../../src/engine/save-queue.ts'
import type { Batch } from '../../src/engine/store.ts'
import { YardstickError } from '../../src/ground/errors.ts'
import { MemoryStore } from '../../src/stores/memory/store.ts'

const NOON_MS = Date.UTC(2026, 0, 15, 12)

/** A memory store whose saving fails with what was planned for a flush. */
class Failing extends MemoryStore {
  readonly failures = new Map<number, Error>()

  override async save(batch: Batch): Promise<void> {
    const failure = this.failures.get(batch.flush)
    if (failure !== undefined) throw failure
    await super.save(batch)
  }
}

function queued(flushes: number) {
  const clock = new SteppedClock(NOON_MS)
  const store = new Failing({})
  const queue = new SaveQueue(store, clock)
  const push = (flush: number) => {
    const atMs = NOON_MS + flush
    queue.push(batchOf(atMs, { flush, events: [eventOf(atMs, flush)] }))
  }
  for (let flush = 1; flush <= flushes; flush++) push(flush)
  const saved = async () => (await eventsIn(store)).map(({ data }) => data)
  return { clock, store, queue, push, saved }
}

test('a batch that can never be saved is dropped, counted and noted; the next ones are saved', async () => {
  const { store, queue, push, saved } = queued(4)
  store.failures.set(1, new RangeError('offset is out of range'))
  store.failures.set(3, new RangeError('value is out of range'))
  await queue.drain()
  assert.deepEqual(await saved(), [2, 4])
  assert.deepEqual([queue.queued, queue.dropped], [0, 2])
  assert.equal(queue.lastError, 'value is out of range')
  push(5)
  await queue.drain()
  assert.deepEqual(await saved(), [2, 4, 5])
  assert.equal(queue.lastError, undefined)
})

test('an error of Yardstick that is not the store’s drops the batch as well', async () => {
  const { store, queue, saved } = queued(2)
  store.failures.set(1, new YardstickError('YS_NAME', 'no name'))
  await queue.drain()
  assert.deepEqual(await saved(), [2])
  assert.equal(queue.dropped, 1)
})

test('a batch that the store could not save this time stays, in order, and is tried again', async () => {
  const { clock, store, queue, saved } = queued(3)
  store.failures.set(1, new YardstickError('YS_STORE_FAILED', 'disk full'))
  await queue.drain()
  assert.deepEqual([queue.queued, queue.dropped, queue.lastError], [3, 0, 'disk full'])
  store.failures.clear()
  await queue.drain()
  assert.equal(queue.queued, 3, 'not before its time')
  clock.step(1_000)
  await queue.drain()
  assert.deepEqual(await saved(), [1, 2, 3])
  assert.deepEqual([queue.queued, queue.dropped, queue.lastError], [0, 0, undefined])
})

test('ten minutes of batches wait at most; older ones are dropped and counted, all else arrives, once', async () => {
  const { clock, store, queue, push, saved } = queued(0)
  const down = new YardstickError('YS_STORE_FAILED', 'the database is gone')
  for (let flush = 1; flush <= 700; flush++) {
    store.failures.set(flush, down)
    push(flush)
    clock.step(1_000)
    await queue.drain()
  }
  assert.deepEqual([queue.queued, queue.dropped, queue.lastError], [600, 100, 'the database is gone'])
  store.failures.clear()
  clock.step(30_000)
  await queue.drain()
  assert.deepEqual([queue.queued, queue.dropped, queue.lastError], [0, 100, undefined])
  assert.deepEqual(
    await saved(),
    Array.from({ length: 600 }, (_, n) => 101 + n),
  )
})

test('large batches that wait are bounded by their bytes', async () => {
  const { store, queue } = queued(0)
  const slices = Array.from({ length: 500 }, (_, n) =>
    sliceOf({ okMs: Array.from({ length: 60 }, (_, at) => 1.2 ** at) }, { name: `q${n}` }),
  )
  // 500 series of some 50 buckets: about 0.6 MB.
  for (let flush = 1; flush <= 300; flush++) {
    store.failures.set(flush, new YardstickError('YS_STORE_FAILED', 'the database is gone'))
    queue.push(batchOf(NOON_MS + flush, { flush, slices }))
  }
  await queue.drain()
  assert.ok(queue.queued > 50 && queue.queued < 200, `${queue.queued} wait`)
  assert.equal(queue.queued + queue.dropped, 300)
  store.failures.clear()
})
