import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { SteppedClock } from '../contracts/stepped-clock.ts'
import { batchOf, countsOf } from '../contracts/store/figures.ts'
import type { Store } from '../src/engine/store.ts'
import { packCounts, unpackCounts } from '../src/measure/pack.ts'
import type { Slice } from '../src/measure/slice.ts'
import { openSqlite } from '../src/stores/sqlite.ts'
import { quantiles, Stretches } from './stretches.ts'

// What the SQLite store costs: `node bench/store.ts [hours]` (default 24). A stepped clock saves a batch a second of
// 500 series (20 minutes), then of 200 series (the hours); prints what a save took, how long the thread was busy without
// a break, and how large the file became.

const START_MS = Date.UTC(2026, 0, 15)
const OPERATIONS_A_SECOND = 3
const POOL = 64

let seed = 12_345
function random(): number {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}

/** Log-normal durations around a median of the series' own, as services have them. */
function durations(medianMs: number, operations: number): readonly number[] {
  return Array.from({ length: operations }, () => {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
    return medianMs * Math.exp(0.4 * normal)
  })
}

/** Some seconds of all series, made beforehand so that making them is not measured. */
function seconds(series: number, operations: number = OPERATIONS_A_SECOND): readonly (readonly Slice[])[] {
  return Array.from({ length: POOL }, () =>
    Array.from({ length: series }, (_, n) => {
      const counts = countsOf({ okMs: durations(1 + n / 4, operations), limitsMs: [25] })
      return { component: 'database', name: `SELECT something FROM table_${n}`, nested: false, counts }
    }),
  )
}

interface Run {
  readonly series: number
  readonly hours: number
}

async function run({ series, hours }: Run): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
  const clock = new SteppedClock(START_MS)
  const logger = { info: console.log, warn: console.log }
  const store = await openSqlite({}, { directory, clock, logger })
  const pool = seconds(series)
  const tookMs: number[] = []
  const stretches = new Stretches()
  for (let second = 1; second <= hours * 3_600; second++) {
    clock.step(1_000)
    const atMs = clock.wallMs()
    const events =
      second % 60 === 0
        ? [{ id: `grade ${atMs}`, atMs, kind: 'grade', data: { overall: 3, byTarget: {} } }]
        : []
    const batch = batchOf(atMs, { flush: second, slices: pool[second % POOL]!, events })
    const begun = performance.now()
    await store.save(batch)
    tookMs.push(performance.now() - begun)
    await setImmediate()
  }
  const file = join(directory, '.yardstick', 'yardstick.db')
  const mib = (path: string) => (statSync(path).size / 2 ** 20).toFixed(1)
  const warm = tookMs.slice(Math.min(900, tookMs.length / 2))
  const meanMs = warm.reduce((sum, ms) => sum + ms, 0) / warm.length
  console.log(`${series} series, ${hours.toFixed(1)} h of a batch a second: a save with its upkeep takes`)
  console.log(`  mean ${meanMs.toFixed(2)} ms, ${quantiles(warm)}`)
  console.log(`  the thread's longest stretches: ${quantiles(stretches.end())}`)
  await restore(store, clock.wallMs())
  console.log(
    `  log ${mib(`${file}-wal`)} MiB, memory ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`,
  )
  await store.close()
  console.log(`  file ${mib(file)} MiB`)
  rmSync(directory, { recursive: true })
}

async function restore(store: Store, nowMs: number): Promise<void> {
  const begun = performance.now()
  let spans = 0
  let slices = 0
  for await (const span of store.slices('shop', { fromMs: nowMs - 86_400_000, toMs: nowMs })) {
    spans++
    slices += span.slices.length
  }
  console.log(
    `  reading the last day: ${spans} spans, ${slices} slices in ${(performance.now() - begun).toFixed(0)} ms`,
  )
}

/** A file at its cap, which has to drop old quarter hours all the time; then half of it is trimmed. */
async function full(series: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
  const clock = new SteppedClock(START_MS)
  const store = await openSqlite({}, { directory, clock, logger: { info: console.log, warn: console.log } })
  const file = join(directory, '.yardstick', 'yardstick.db')
  // Many operations in each batch of the past, so that the file is full soon.
  const past = seconds(series, 300)
  const pool = seconds(series)
  let flush = 0
  const save = async (stepMs: number, from: typeof pool): Promise<void> => {
    clock.step(stepMs)
    await store.save(batchOf(clock.wallMs(), { flush: ++flush, slices: from[flush % POOL]! }))
  }
  while (statSync(file).size < 255 * 2 ** 20) await save(15 * 60_000, past)
  for (let n = 0; n < 100; n++) await save(15 * 60_000, past)
  const saving = new Stretches()
  for (let second = 0; second < 1_200; second++) {
    await save(1_000, pool)
    await setImmediate()
  }
  console.log(`${series} series, a file of ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB at its cap`)
  console.log(`  saving a batch a second, the thread's stretches: ${quantiles(saving.end())}`)
  const trimming = new Stretches()
  const begun = performance.now()
  await store.trim(START_MS + (clock.wallMs() - START_MS) * 0.8)
  const tookMs = performance.now() - begun
  console.log(`  trimming much of it, ${tookMs.toFixed(0)} ms in stretches: ${quantiles(trimming.end())}`)
  await store.close()
  console.log(`  file ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB`)
  rmSync(directory, { recursive: true })
}

function packing(): void {
  const slice = seconds(1)[0]![0]!
  const begun = performance.now()
  const rounds = 100_000
  for (let n = 0; n < rounds; n++) unpackCounts(packCounts(slice.counts))
  const us = ((performance.now() - begun) / rounds) * 1_000
  console.log(
    `packing and unpacking one second of one series: ${us.toFixed(2)} µs, ${packCounts(slice.counts).length} bytes`,
  )
}

packing()
await run({ series: 500, hours: 1 / 3 })
await full(500)
await run({ series: 200, hours: Number(process.argv[2] ?? 24) })
