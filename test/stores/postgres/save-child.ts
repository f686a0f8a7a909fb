import { writeSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { batchOf, eventOf, sliceOf } from '../../../contracts/store/figures.ts'
import { systemClock } from '../../../src/ground/clock.ts'
import { YardstickError } from '../../../src/ground/errors.ts'
import { openPostgres } from '../../../src/stores/postgres.ts'

// Saves batches as instance argv[4] into the schema argv[3] of the database argv[2], argv[5] of them (0: until it is
// killed) from argv[6] on, and prints the number of each once it is saved. What fails is tried again, as the engine's
// queue does.
const [, , url = '', schema = '', instance = '', most = '0', first = '1'] = process.argv
const logger = { info: () => undefined, warn: () => undefined }
const store = await openPostgres({ url, schema }, { directory: '.', clock: systemClock, logger })
for (let n = 0; n < Number(most) || most === '0'; n++) {
  const flush = Number(first) + n
  const slices = Array.from({ length: 10 }, (_, query) =>
    sliceOf({ okMs: [flush % 100, query] }, { name: `query ${query}` }),
  )
  const toMs = Date.now()
  const batch = batchOf(toMs, { instance, flush, slices, events: [eventOf(toMs, `${instance} ${flush}`)] })
  for (;;) {
    try {
      await store.save(batch)
      break
    } catch (error) {
      if (!(error instanceof YardstickError) || error.code !== 'YS_STORE_FAILED') throw error
      await setTimeout(20)
    }
  }
  writeSync(1, `${flush}\n`)
}
await store.close()
