import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import { alertDefaults } from '../../src/alerts/options.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { Store } from '../../src/engine/store.ts'
import { Ledger } from '../../src/measure/ledger.ts'
import type { Scope } from '../../src/measure/scope.ts'
import { openStore } from '../../src/stores/open.ts'
import { START_MS } from '../engine/stepped.ts'
import { Books } from './books.ts'
import { Traffic } from './traffic.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A process that is started again now and then: what it says after that is still what the log says. */
async function life(t: TestContext, gapMs: number, downMs: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-truth-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const clock = new SteppedClock(START_MS)
  const logger = { info: () => {}, warn: (text: string) => assert.fail(text) }
  const open = (): Promise<Store> =>
    openStore({ kind: 'sqlite', options: { path: 'truth.db' } }, { clock, logger, directory })
  let store = await open()
  t.after(() => store.close())
  const books = await Books.open(store, clock)
  const traffic = new Traffic(4)
  // No reading falls on a slot's edge: which of the two slots has it then, live and stored figures see differently.
  clock.step(0.5)
  for (let process = 0; process < 3; process++) {
    const ledger = books.thread(1)
    for (let second = 0; second < 1000; second++) {
      for (let left = traffic.arrivals(1.5); left > 0; left--) {
        clock.step(100)
        books.record(traffic.operation(), ledger)
      }
      clock.step(second === 700 ? gapMs : 500)
      books.read()
      // The store's own work is asynchronous.
      if (second % 100 === 0) await books.engine.flush()
      if (second === 1 || second % 500 === 0) books.compareCounts()
    }
    await books.restart(downMs, async () => {
      await store.close()
      store = await open()
      return store
    })
    books.compareCounts()
  }
}

test('after a quick restart every window is still as the log has it', (t) => life(t, 1000, 2000))

test('after an hour of being down every window is still as the log has it', (t) => life(t, 1000, HOUR_MS))

test('after a restart a reading that took long is not forgotten', (t) => life(t, 40 * MINUTE_MS, 90_000))

test('an engine that is started again by itself counts from the last reading of the one before', async () => {
  const clock = new SteppedClock(START_MS)
  const settings = {
    ...({ service: 'shop', targets: [], window: '1min', seriesLimit: 10 } as const),
    alerts: alertDefaults,
  } as const
  const context = { clock, logger: { info: () => {}, warn: () => {} }, directory: '.' }
  const read = new Float64Array(new SharedArrayBuffer(8))
  const beganMs = clock.wallMs()
  read[0] = beganMs
  let engine: Engine | undefined
  const start = async (): Promise<void> => {
    const store = await openStore({ kind: 'memory', options: {} }, context)
    engine = new Engine({ settings, store, clock, instance: 'any', version: '0', mode: 'inline', read })
    for (const announcement of ledger.announced) engine.accept(announcement)
  }
  const ledger = new Ledger({
    thread: 0,
    scopes: new AsyncLocalStorage<Scope | undefined>(),
    now: clock.monotonicMs,
    limits: () => [],
    announce: (announcement) => engine?.accept(announcement),
  })
  const answer = (): unknown => {
    engine!.turn()
    engine!.cycle()
    const { fromMs, toMs, components } = engine!.snapshot.window('1min')
    return { fromMs: fromMs - beganMs, toMs: toMs - beganMs, n: components[0]?.counts.total }
  }
  // The thread is slow to start: what was recorded meanwhile is in its first reading, and so is the time.
  ledger.operation('shipping', 'quote').record(1)
  clock.step(700)
  await start()
  clock.step(300)
  assert.deepEqual(answer(), { fromMs: 0, toMs: 1000, n: 1 })
  ledger.operation('shipping', 'quote').record(2)
  clock.step(4000)
  await start()
  clock.step(500)
  assert.deepEqual(answer(), { fromMs: 1000, toMs: 5500, n: 1 })
})
