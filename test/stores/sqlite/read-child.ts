import { spansIn } from '../../../contracts/store/figures.ts'
import { systemClock } from '../../../src/ground/clock.ts'
import { openSqlite } from '../../../src/stores/sqlite.ts'

// Reads the store in argv[2] again and again until its input ends, while somebody saves one operation a second
// from argv[3] on. Says how often, and how often the operations were not as many as the seconds.
const [, , directory = '', start = ''] = process.argv
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
  const spans = await spansIn(store)
  const ok = spans.flatMap((stored) => stored.slices).reduce((sum, slice) => sum + slice.counts.ok, 0)
  readings++
  if (ok !== ((spans.at(-1)?.toMs ?? Number(start)) - Number(start)) / 1_000) wrong++
}
await store.close()
console.log(`${readings} readings, ${wrong} wrong`)
