import type { Store } from '../../engine/store.ts'
import { systemClock } from '../../ground/clock.ts'
import { standardError as logger } from '../../standard-error.ts'
import { open } from '../../stores/open.ts'
import type { StoreJob } from './store-job.ts'

/** Opens the store to change it, works with it, and closes it. */
export async function withStore<T>(job: StoreJob, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await open(job.store, { clock: systemClock, logger, directory: job.directory })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
