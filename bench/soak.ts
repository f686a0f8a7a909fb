import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SteppedClock } from '../contracts/stepped-clock.ts'
import { batchOf, countsOf, eventOf } from '../contracts/store/figures.ts'
import type { Store } from '../src/engine/store.ts'
import type { Slice } from '../src/measure/slice.ts'
import { openSqlite } from '../src/stores/sqlite.ts'
import { Stretches } from './stretches.ts'

// Months of a SQLite store in minutes: `node bench/soak.ts [days] [seconds a batch]` (default 90 and 60). A stepped clock
// saves 100 series, with an event a minute; retention is 30 days, so that file, memory and queries have to be flat from
// the 31st day on.

const [, , days = '90', seconds = '60'] = process.argv
const DAY_MS = 86_400_000
const SERIES = 100
const POOL = 32
const KEEP_DAYS = 30
const STEP_MS = Number(seconds) * 1_000
const ROUNDS = 5

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

let seed = 4_711
function random(): number {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}

const pool: readonly (readonly Slice[])[] = Array.from({ length: POOL }, () =>
  Array.from({ length: SERIES }, (_, n) => {
    const okMs = Array.from({ length: 6 }, () => (1 + n / 4) * (0.5 + random()) ** 3)
    return {
      component: 'database',
      name: `SELECT something FROM table_${n}`,
      nested: false,
      counts: countsOf({ okMs, limitsMs: [25] }),
    }
  }),
)

async function readMs(store: Store, fromMs: number, toMs: number): Promise<number> {
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now()
    for await (const span of store.slices('shop', { fromMs, toMs })) void span
    took.push(performance.now() - begun)
  }
  return took.sort((a, b) => a - b)[ROUNDS >> 1]!
}

const directory = mkdtempSync(join(tmpdir(), 'yardstick-soak-'))
const clock = new SteppedClock(Date.UTC(2026, 0, 1))
const options = { keep: { quartersMs: KEEP_DAYS * DAY_MS } }
const store = await openSqlite(options, {
  directory,
  clock,
  logger: { info: console.log, warn: console.log },
})
const file = join(directory, '.yardstick', 'yardstick.db')
console.log('day  file MiB  log MiB  heap MiB  last hour ms  last day ms  save p99 ms  stretch p99.9 ms')
const begun = performance.now()
let flush = 0
for (let day = 1; day <= Number(days); day++) {
  const saves: number[] = []
  const stretches = new Stretches()
  for (let nowMs = 0; nowMs < DAY_MS; nowMs += STEP_MS) {
    clock.step(STEP_MS)
    const atMs = clock.wallMs()
    const batch = batchOf(atMs, {
      fromMs: atMs - STEP_MS,
      flush: ++flush,
      slices: pool[flush % POOL]!,
      events: atMs % 60_000 === 0 ? [eventOf(atMs, { overall: 3 }, { kind: 'grade' })] : [],
    })
    const startedMs = performance.now()
    await store.save(batch)
    saves.push(performance.now() - startedMs)
    await setImmediate()
  }
  const busy = [...stretches.end()].sort((a, b) => a - b)
  if (day % 5 !== 0 && day !== 1) continue
  const nowMs = clock.wallMs()
  const hourMs = await readMs(store, nowMs - 3_600_000, nowMs)
  const dayMs = await readMs(store, nowMs - DAY_MS, nowMs)
  gc()
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
  const p99 = saves.sort((a, b) => a - b)[Math.floor(0.99 * saves.length)]!
  const stretch = busy[Math.floor(0.999 * busy.length)]!
  const figures = [
    mib(statSync(file).size),
    mib(statSync(`${file}-wal`).size),
    mib(process.memoryUsage().heapUsed),
    hourMs.toFixed(1),
    dayMs.toFixed(0),
    p99.toFixed(2),
    stretch.toFixed(2),
  ]
  console.log([String(day).padStart(3), ...figures.map((figure) => figure.padStart(9))].join(' '))
}
console.log(`${flush} batches in ${((performance.now() - begun) / 60_000).toFixed(1)} min`)
await store.close()
rmSync(directory, { recursive: true })
