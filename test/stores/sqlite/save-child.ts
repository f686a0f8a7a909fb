import { writeSync } from 'node:fs'
import { batchOf, eventOf, sliceOf } from '../../../contracts/store/figures.ts'
import { systemClock } from '../../../src/ground/clock.ts'
import { openSqlite } from '../../../src/stores/sqlite.ts'

// Saves batches as instance argv[3] into the store in argv[2], argv[4] of them (0: until it is killed), and
// prints the number of each once it is saved.
const [, , directory = '', instance = '', most = '0'] = process.argv
const logger = { info: () => undefined, warn: (message: string) => writeSync(2, `${message}\n`) }
const store = await openSqlite({}, { directory, clock: systemClock, logger })
for (let flush = 1; flush <= Number(most) || most === '0'; flush++) {
  const slices = Array.from({ length: 40 }, (_, n) =>
    sliceOf({ okMs: [flush % 100, n] }, { name: `query ${n}` }),
  )
  const toMs = Date.now() - 3_600_000 + flush * 1_000
  await store.save(
    batchOf(toMs, { instance, flush, slices, events: [eventOf(toMs, `${instance} ${flush}`)] }),
  )
  writeSync(1, `${flush}\n`)
}
await store.close()
