import { inspectStore } from '../../stores/inspect.ts'
import type { StoreInspector } from '../../stores/kept.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { printable } from '../printable.ts'
import { infoJson, infoText } from './info-text.ts'
import type { StoreJob } from './store-job.ts'

const BAD_SHOWN = 20

export async function withInspector<T>(
  { store, directory }: StoreJob,
  work: (inspector: StoreInspector) => Promise<T>,
): Promise<T> {
  const inspector = await inspectStore(store, directory)
  try {
    return await work(inspector)
  } finally {
    await inspector.close()
  }
}

export async function storeInfo(job: StoreJob): Promise<number> {
  const info = await withInspector(job, (inspector) => inspector.info())
  job.say(infoText(info, Date.now()), infoJson(info))
  return EXIT_CODE.ok
}

export async function verifyStore(job: StoreJob): Promise<number> {
  const bad: { readonly where: string; readonly error: string }[] = []
  let count = 0
  await withInspector(job, async (inspector) => {
    for await (const { where, error } of inspector.verify()) {
      count++
      if (bad.length < BAD_SHOWN) bad.push({ where, error: error.message })
    }
  })
  const lines = bad.map(({ where, error }) => printable(`✗ ${where}: ${error}`))
  if (count > bad.length) lines.push(`… and ${count - bad.length} more`)
  const sum = count === 0 ? '✓ everything can be read and is what was written' : `${count} cannot be read`
  job.say([...lines, sum].join('\n'), { bad: count, first: bad })
  return count === 0 ? EXIT_CODE.ok : EXIT_CODE.failed
}
