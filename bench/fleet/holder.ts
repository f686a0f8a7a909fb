import { setTimeout } from 'node:timers/promises'
import { systemClock } from '../../src/ground/clock.ts'
import { openPostgres } from '../../src/stores/postgres.ts'
import { storedSum } from '../../src/stores/sum.ts'
import { JUDGE, SERVICE } from './batches.ts'

// Reads new flushes of the database at argv[2] once a second for argv[3] ms and adds them up, as the lease-holder does;
// then says how long after its end each flush was in the sum.
const [, , url = '', lengthMs = ''] = process.argv
const logger = { info: () => undefined, warn: (message: string) => process.stderr.write(`${message}\n`) }
const store = await openPostgres({ url }, { clock: systemClock, logger, directory: '.' })

const begunMs = Date.now()
const endMs = begunMs + Number(lengthMs)
const known = new Map<string, number>()
const lagsMs: number[] = []
let gaps = 0
let sinceMs = begunMs
let pollMs = 0
let polls = 0
while (Date.now() < endMs) {
  const nextMs = Date.now() + 1_000
  const begun = performance.now()
  await store.lease(JUDGE, 15_000)
  const sum = storedSum((error) => process.stderr.write(`${error.message}\n`))
  const ends: number[] = []
  for await (const { instance, flush, toMs, slices } of store.flushes(SERVICE, { known, sinceMs })) {
    if (flush !== (known.get(instance) ?? 0) + 1) gaps++
    known.set(instance, flush)
    sum.add(slices)
    ends.push(toMs)
  }
  const doneMs = Date.now()
  pollMs += performance.now() - begun
  polls++
  for (const toMs of ends) lagsMs.push(doneMs - toMs)
  sinceMs = doneMs - 60_000
  await setTimeout(Math.max(nextMs - Date.now(), 0))
}
const { user, system } = process.cpuUsage()
await store.close()
process.send!({ lagsMs, gaps, polls, pollMs, cpuMs: (user + system) / 1_000, instances: known.size }, () =>
  process.disconnect(),
)
