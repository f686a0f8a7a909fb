import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { eventOf } from '../../../contracts/store/figures.ts'
import { systemClock } from '../../../src/ground/clock.ts'
import { openPostgres } from '../../../src/stores/postgres.ts'

// Takes the lease in the schema argv[3] of the database argv[2] for a second and tells its token; when somebody writes
// to it, it goes on as if it still had the lease, and tells what came of it.
const [, , url = '', schema = ''] = process.argv
const logger = { info: () => undefined, warn: () => undefined }
const store = await openPostgres({ url, schema }, { directory: '.', clock: systemClock, logger })
const token = (await store.lease('judge', 1_000))!
writeSync(1, `${token}\n`)
await once(process.stdin, 'data')
const atMs = Date.now()
const published = await store.publish('shop', { atMs, token, bytes: Uint8Array.of(1) })
const appended = await store.append('shop', [eventOf(atMs, 'by a former holder')], token)
const lease = (await store.lease('judge', 1_000)) === undefined ? 'none' : 'held'
writeSync(1, `published ${published}, appended ${appended}, lease ${lease}\n`)
await store.close()
process.exit(0)
