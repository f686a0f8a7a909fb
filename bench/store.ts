import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SteppedClock } from '../contracts/stepped-clock.ts'
import { batchOf, countsOf } from '../contracts/store/figures.ts'
import type { Store } from '../src/engine/store.ts'
import { packCounts, unpackCounts } from '../src/measure/pack.ts'
import type { Slice } from '../src/measure/slice.ts'
import { openSqlite } from '../src/stores/sqlite.ts'

// What the SQLite store costs: `node bench/store.ts [hours]` (default 24). A stepped clock saves a batch a second of
// 500 series (20 minutes), then of 200 series (the hours); prints what a save took and how large the file became.

const START_MS = Date.UTC(2026, 0, 15)
const OPERATIONS_A_SECOND = 3
const POOL = 64

let seed = 12_345
function random(): number {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}

/** Log-normal durations around a median of the series' own, as services have them. */
function durations(medianMs: number): readonly number[] {
  return Array.from({ length: OPERATIONS_A_SECOND }, () => {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
    return medianMs * Math.exp(0.4 * normal)
  })
}

/** Some seconds of all series, made beforehand so that making them is not measured. */
function seconds(series: number): readonly (readonly Slice[])[] {
  return Array.from({ length: POOL }, () =>
    Array.from({ length: series }, (_, n) => {
      const counts = countsOf({ okMs: durations(1 + n / 4), limitsMs: [25] })
      return { component: 'database', name: `SELECT something FROM table_${n}`, nested: false, counts }
    }),
  )
}

function quantiles(sortedMs: readonly number[]): string {
  const at = (q: number) => sortedMs[Math.floor(q * (sortedMs.length - 1))]!.toFixed(2)
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`
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
  }
  const file = join(directory, '.yardstick', 'yardstick.db')
  const mib = (path: string) => (statSync(path).size / 2 ** 20).toFixed(1)
  const warm = tookMs.slice(Math.min(900, tookMs.length / 2)).sort((a, b) => a - b)
  const meanMs = warm.reduce((sum, ms) => sum + ms, 0) / warm.length
  console.log(`${series} series, ${hours.toFixed(1)} h of a batch a second: a save with its upkeep takes`)
  console.log(`  mean ${meanMs.toFixed(2)} ms, ${quantiles(warm)}`)
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
await run({ series: 200, hours: Number(process.argv[2] ?? 24) })
