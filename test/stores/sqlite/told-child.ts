import { createInterface } from 'node:readline'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import { batchOf } from '../../../contracts/store/figures.ts'
import { openSqlite } from '../../../src/stores/sqlite.ts'
import { NOON_MS } from './place.ts'

// Opens the store in argv[2] as instance argv[3], and for each line, a number, saves the batch of that number and says
// it again. Ends with its input.
const [, , directory = '', instance = ''] = process.argv
const logger = { info: () => undefined, warn: () => undefined }
const store = await openSqlite({}, { directory, clock: new SteppedClock(NOON_MS), logger })
console.log('open')
for await (const line of createInterface({ input: process.stdin })) {
  await store.save(batchOf(NOON_MS + Number(line) * 1_000, { instance, flush: Number(line) }))
  console.log(line)
}
await store.close()
