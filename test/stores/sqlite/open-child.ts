import { systemClock } from '../../../src/ground/clock.ts'
import { YardstickError } from '../../../src/ground/errors.ts'
import { openSqlite } from '../../../src/stores/sqlite.ts'

// Opens the store at argv[3] in argv[2] and prints how that went: `open`, or the error's code.
const [, , directory = '', path = ''] = process.argv
const logger = { info: () => undefined, warn: console.error }
try {
  const store = await openSqlite({ path }, { directory, clock: systemClock, logger })
  await store.close()
  console.log('open')
} catch (error) {
  console.log(error instanceof YardstickError ? error.code : String(error))
}
