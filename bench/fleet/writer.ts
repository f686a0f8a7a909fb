import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { systemClock } from '../../src/ground/clock.ts'
import { openPostgres } from '../../src/stores/postgres.ts'
import { FLUSH_MS, fleetBatch, JUDGE } from './batches.ts'

// Saves as argv[3] instances to the database at argv[2] for argv[4] ms, each at its own moment of every 5 s. Then says
// what it saved, what failed, and its statements. One pool of connections stands for the instances' own ones.
const [, , url = '', count = '', lengthMs = ''] = process.argv
const logger = { info: () => undefined, warn: (message: string) => process.stderr.write(`${message}\n`) }
const store = await openPostgres({ url, pool: 16 }, { clock: systemClock, logger, directory: '.' })

const endMs = Date.now() + Number(lengthMs)
let saved = 0
let failed = 0
const tookMs: number[] = []

async function instance(delayMs: number): Promise<void> {
  const id = randomUUID()
  let dueMs = Date.now() + delayMs
  for (let flush = 1; dueMs < endMs; flush++, dueMs += FLUSH_MS) {
    await setTimeout(Math.max(dueMs - Date.now(), 0))
    const toMs = Date.now()
    const begun = performance.now()
    await store.save(fleetBatch(id, flush, toMs)).then(
      () => saved++,
      () => failed++,
    )
    tookMs.push(performance.now() - begun)
    // A replica asks for the judge's lease so often too, in vain while the holder lives.
    await store.lease(JUDGE, 15_000).catch(() => undefined)
  }
}

await Promise.all(
  Array.from({ length: Number(count) }, (_, n) => instance(((n + Math.random()) / Number(count)) * FLUSH_MS)),
)
await store.close()
process.send!({ saved, failed, tookMs }, () => process.disconnect())
