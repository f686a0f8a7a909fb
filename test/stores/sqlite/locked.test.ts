import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { batchOf, eventOf, eventsIn, sliceOf, sumsIn } from '../../../contracts/store/figures.ts'
import { SaveQueue } from '../../../src/engine/save-queue.ts'
import { openStore } from '../../../src/stores/open.ts'
import { sqlite } from '../../../src/stores/sqlite.ts'
import { NOON_MS, Place } from './place.ts'

/** A process that holds the file; it lets it go when it is called. */
async function held(
  context: TestContext,
  file: string,
  mode: 'EXCLUSIVE' | 'NORMAL' | 'TORN',
): Promise<() => Promise<void>> {
  const path = fileURLToPath(new URL('./lock-child.ts', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [path, file, mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  context.after(() => child.kill('SIGKILL'))
  const [said] = await Promise.race([once(child.stdout!, 'data'), once(child, 'close')])
  assert.equal(String(said), 'locked\n')
  return async () => {
    child.stdin!.end()
    await once(child, 'close')
  }
}

test('a file that another process holds at the start is used as soon as it lets go; nothing is lost', async (context) => {
  const place = await Place.of(context)
  const before = await place.open()
  await before.save(batchOf(NOON_MS - 1_000))
  await before.close()
  const free = await held(context, place.file, 'EXCLUSIVE')
  const { directory, clock, said: logger } = place
  const store = await openStore(sqlite(), { directory, clock, logger })
  context.after(() => store.close())
  assert.equal(store.name, 'sqlite')
  assert.equal(place.said.warnings.length, 1)
  assert.match(place.said.warnings[0]!, /cannot be used for the moment: database is locked.*is queued for it/)

  const queue = new SaveQueue(store, clock)
  for (let flush = 2; flush <= 5; flush++) {
    queue.push(batchOf(NOON_MS + flush * 1_000, { flush, events: [eventOf(NOON_MS + flush, flush)] }))
  }
  await queue.drain()
  assert.equal(queue.queued, 4)
  assert.match(queue.lastError ?? '', /could not save to .*: database is locked/)
  await free()
  clock.step(60_000)
  await queue.drain()
  assert.deepEqual([queue.queued, queue.dropped, queue.lastError], [0, 0, undefined])
  const sums = (await sumsIn(store)) as Record<string, { ok: number }>
  assert.equal(sums['8:database:user_lookup']?.ok, 5, 'what was there before too')
  assert.deepEqual(
    (await eventsIn(store)).map(({ data }) => data),
    [2, 3, 4, 5],
  )
  assert.deepEqual([place.said.warnings.length, place.said.infos.length], [1, 1])
})

test('a file that is held for long while in use: every save is told, and they go on afterwards', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await store.save(batchOf(NOON_MS, { flush: 1, slices: [sliceOf({ okMs: [1] })] }))
  await store.close()
  const again = await place.open()
  const free = await held(context, place.file, 'NORMAL')
  for (let flush = 2; flush <= 3; flush++) {
    await assert.rejects(() => again.save(batchOf(NOON_MS, { flush })), { code: 'YS_STORE_FAILED' })
  }
  assert.equal(((await sumsIn(again)) as Record<string, { ok: number }>)['8:database:user_lookup']?.ok, 1)
  await free()
  for (let flush = 2; flush <= 3; flush++) await again.save(batchOf(NOON_MS, { flush }))
  const sums = (await sumsIn(again)) as Record<string, { ok: number }>
  assert.equal(sums['8:database:user_lookup']?.ok, 3)
})

test('a file that another process holds in the middle of telling of a commit, at the start, is left alone for half a minute', async (context) => {
  if (process.platform === 'win32') return context.skip('Windows lets nobody else write into what is shared')
  const place = await Place.of(context)
  const before = await place.open()
  await before.save(batchOf(NOON_MS, { flush: 1 }))
  await before.close()
  const free = await held(context, place.file, 'TORN')
  const { directory, clock, said: logger } = place
  const store = await openStore(sqlite(), { directory, clock, logger })
  context.after(() => store.close())
  assert.equal(store.name, 'sqlite')
  assert.match(place.said.warnings[0]!, /cannot be used for the moment: locking protocol/)
  await free()
  // It would work by now: that it is not even tried costs the thread nothing, where each try may cost ten seconds.
  clock.step(29_000)
  await assert.rejects(() => store.save(batchOf(NOON_MS, { flush: 2 })), {
    code: 'YS_STORE_FAILED',
    message: /could not save to .*: locking protocol/,
  })
  clock.step(1_000)
  await store.save(batchOf(NOON_MS, { flush: 2 }))
  const sums = (await sumsIn(store)) as Record<string, { ok: number }>
  assert.equal(sums['8:database:user_lookup']?.ok, 2)
})
