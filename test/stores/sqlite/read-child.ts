import { spansIn } from '../../../contracts/store/figures.ts'
import { systemClock } from '../../../src/ground/clock.ts'
import { openSqlite } from '../../../src/stores/sqlite.ts'

// Reads the store in argv[2] again and again until its input ends, while somebody saves one operation a second.
// Says how often, and in how many quarter hours the operations were not as many as the seconds until the last.
const [, , directory = ''] = process.argv
const QUARTER_MS = 900_000
const logger = { info: () => undefined, warn: console.error }
const store = await openSqlite({}, { directory, clock: systemClock, logger })
let reading = true
process.stdin.on('end', () => {
  reading = false
})
process.stdin.resume()
console.log('reading')
let readings = 0
let wrong = 0
while (reading) {
  const quarters = new Map<number, { ok: number; toMs: number }>()
  for (const { toMs, slices } of await spansIn(store)) {
    const quarter = Math.ceil(toMs / QUARTER_MS) - 1
    const ok = slices.reduce((sum, slice) => sum + slice.counts.ok, quarters.get(quarter)?.ok ?? 0)
    quarters.set(quarter, { ok, toMs })
  }
  for (const [quarter, { ok, toMs }] of quarters) {
    if (ok !== (toMs - quarter * QUARTER_MS) / 1_000) wrong++
  }
  readings++
}
await store.close()
console.log(`${readings} readings, ${wrong} wrong`)
