import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { batches } from '../../contracts/store/arbitrary.ts'
import { all, batchOf, eventOf, eventsIn, plain, spansIn, sumsIn } from '../../contracts/store/figures.ts'
import type { Store } from '../../src/engine/store.ts'
import { seriesId } from '../../src/measure/slice.ts'
import type { StoreReader } from '../../src/stores/kept.ts'
import { MemoryStore } from '../../src/stores/memory/store.ts'
import { SqliteInspector } from '../../src/stores/sqlite/inspector.ts'
import { exportLines, importLines, type Moved, openExport } from '../../src/stores/transfer.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, Place } from './sqlite/place.ts'

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

async function imported(store: Store, lines: readonly string[]): Promise<Moved> {
  return importLines(store, await openExport(each(lines)))
}

async function contents(store: Store): Promise<unknown> {
  const services = ['shop', 'shop2'].map(async (service) => ({
    spans: (await spansIn(store, service)).map(({ fromMs, toMs, slices }) => ({
      fromMs,
      toMs,
      slices: slices
        .toSorted((a, b) => (seriesId(a) < seriesId(b) ? -1 : 1))
        .map(({ counts, ...key }) => [key, plain(counts)]),
    })),
    sums: await sumsIn(store, service),
    events: await eventsIn(store, service),
  }))
  return Promise.all(services)
}

async function exported(reader: StoreReader): Promise<readonly string[]> {
  const lines = await all(exportLines(reader))
  await reader.close()
  return lines
}

test('law: SQLite to memory to SQLite, everything is as it was, folded or not', async (context) => {
  await fc.assert(
    fc.asyncProperty(
      batches(NOON_MS, 3 * HOUR_MS),
      // Flushes rest for a minute before they are folded, imported ones do not: so the first is over a minute.
      fc.constantFrom(2 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 3 * DAY_MS),
      async (saved, laterMs) => {
        const place = await Place.of(context)
        const store = await place.open()
        for (const batch of saved) await store.save(batch)
        await store.append('shop', [eventOf(NOON_MS, { deep: ['naïve 🐢', null] }), eventOf(NOON_MS, 2)])
        await store.append('shop2', [eventOf(NOON_MS - 1, 'other')])
        await store.claim('shop', 'notice', NOON_MS)
        place.clock.step(laterMs)
        await place.tick(store, 10)
        const before = await contents(store)
        const lines = await exported(SqliteInspector.open({}, place.directory))

        const memory = new MemoryStore({}, place.clock)
        await imported(memory, lines)
        assert.deepEqual(await contents(memory), before)
        assert.equal(await memory.claim('shop', 'notice', NOON_MS), false)

        const other = await Place.of(context)
        other.clock.set(place.clock.wallMs())
        const again = await other.open()
        const moved = await imported(again, await exported(memory))
        assert.deepEqual(await contents(again), before)
        assert.equal(await again.claim('shop', 'notice', NOON_MS), false)
        assert.deepEqual([moved.events, moved.claims], [3, 1])
        await other.tick(again, 10)
        assert.deepEqual(
          (await contents(again)) as object,
          before,
          'folding what was imported changes nothing',
        )
      },
    ),
    { numRuns: 12 },
  )
})

test('importing twice, or once more after it was broken off, changes nothing', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  for (let flush = 1; flush <= 20; flush++) await store.save(batchOf(NOON_MS + flush * 1_000, { flush }))
  await store.append('shop', [eventOf(NOON_MS, 1)])
  const before = await contents(store)
  const lines = await exported(SqliteInspector.open({}, place.directory))
  const memory = new MemoryStore({}, place.clock)
  await assert.rejects(() => imported(memory, lines.slice(0, 9)), {
    code: 'YS_STORE_DATA',
    message: /line 10 of the export: expected the last line.*cut off/,
  })
  await imported(memory, lines)
  await imported(memory, lines)
  assert.deepEqual(await contents(memory), before)
})

test('what is no export, or was changed, is refused with the line', async () => {
  const header = '{"yardstick_export":1,"id":"x"}'
  const slices = '{"service":"shop","from_ms":0,"to_ms":1,"slices":"AQAB"}'
  for (const [lines, message] of [
    [['hello'], /line 1 .*expected JSON/],
    [[slices], /line 1 .*first line/],
    [['{"yardstick_export":2,"id":"x"}'], /line 1 .*format 1/],
    [[header, slices], /stored slices/],
    [[header, '{"service":"shop"}'], /line 2 .*a line of an export/],
    [[header, slices.replace('"AQAB"', '5')], /line 2 .*a line of an export/],
    [[header, slices.replace(':0', ':2')], /line 2 .*ends after it begins/],
    [[header, '{"service":5,"event":{"id":"x","kind":"alert","atMs":1}}'], /line 2 .*a line of an export/],
    [[header, '{"service":"shop","event":null}'], /line 2 .*a line of an export/],
    [[header, '{"service":"shop","event":{"id":"x","atMs":1}}'], /line 2 .*a line of an export/],
    [[header, '{"service":"shop","claim":{},"at_ms":1}'], /line 2 .*a line of an export/],
    [[header, '{"end":true,"spans":1,"events":0,"claims":0}'], /line 2 .*1 spans/],
    [[header, '{"end":true,"spans":0,"events":0,"claims":0}', header], /line 3 .*nothing/],
    [[], /line 1 .*first line/],
    [[header, header], /line 2 .*a line of an export/],
    [[header], /line 2 .*last line/],
  ] as const) {
    await assert.rejects(() => imported(new MemoryStore({}), lines), {
      code: 'YS_STORE_DATA',
      message,
    })
  }
})
