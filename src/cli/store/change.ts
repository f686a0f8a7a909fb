import { EXIT_CODE } from '../exit-code.ts'
import { withInspector } from './look.ts'
import type { StoreJob } from './store-job.ts'
import { withStore } from './writer.ts'

export async function migrateStore(job: StoreJob): Promise<number> {
  const before = await withInspector(job, (inspector) => inspector.info())
  // Opening it brings the tables up to date.
  await withStore(job, async () => undefined)
  const after = await withInspector(job, (inspector) => inspector.info())
  const done = before.schema === after.schema ? 'were up to date' : `were of version ${before.schema}`
  job.say(`tables of version ${after.schema}: they ${done}`, { before: before.schema, after: after.schema })
  return EXIT_CODE.ok
}

export async function trimStore(job: StoreJob, olderThanMs: number): Promise<number> {
  const before = await withInspector(job, (inspector) => inspector.info())
  await withStore(job, (store) => store.trim(Date.now() - olderThanMs))
  const after = await withInspector(job, (inspector) => inspector.info())
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
  job.say(`${mib(before.bytes)} MiB before, ${mib(after.bytes)} MiB now`, {
    bytes_before: before.bytes,
    bytes_after: after.bytes,
  })
  return EXIT_CODE.ok
}
