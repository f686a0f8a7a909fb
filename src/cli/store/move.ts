import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { YardstickError } from '../../ground/errors.ts'
import { linesOf } from '../../stores/lines.ts'
import { exportLines, importLines, openExport } from '../../stores/transfer.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { withInspector } from './look.ts'
import type { StoreJob } from './store-job.ts'
import { withStore } from './writer.ts'

export async function exportStore(job: StoreJob, to: string | undefined): Promise<number> {
  // Made for its owner only, as the store is; never over a file that is there.
  const target = to === undefined ? process.stdout : createWriteStream(to, { flags: 'wx', mode: 0o600 })
  await withInspector(job, (inspector) =>
    pipeline(Readable.from(exportLines(inspector)), target, { end: to !== undefined }),
  ).catch(refuseFile(to))
  return EXIT_CODE.ok
}

export async function importStore(job: StoreJob, from: string | undefined): Promise<number> {
  const source = from === undefined ? process.stdin : createReadStream(from)
  // Reading throws it, too.
  source.once('error', () => {})
  source.setEncoding('utf8')
  const moved = await openExport(linesOf(source))
    .then((exported) => withStore(job, (store) => importLines(store, exported)))
    .catch(refuseFile(from))
    // One that is not read to its end would keep the process.
    .finally(() => source.destroy())
  job.say(`${moved.spans} spans, ${moved.events} events and ${moved.claims} claims are in the store`, moved)
  return EXIT_CODE.ok
}

/** A file that cannot be read or written is the command line's fault. */
function refuseFile(path: string | undefined): (error: unknown) => never {
  return (error) => {
    if (error instanceof YardstickError || path === undefined) throw error
    const { message } = error as Error
    throw new YardstickError(
      'YS_STORE_OPEN',
      `${path} cannot be used for that: ${message}; name another file`,
      {
        cause: error,
      },
    )
  }
}
