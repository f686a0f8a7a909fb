import { loadSettings } from '../../config/load.ts'
import { migrateStore, trimStore } from './change.ts'
import { storeInfo, verifyStore } from './look.ts'
import { exportStore, importStore } from './move.ts'
import type { StoreJob } from './store-job.ts'

export interface StoreCommandOptions {
  readonly store?: string
  readonly config?: string
  readonly json?: true
  readonly olderThan?: number
  readonly to?: string
  readonly from?: string
}

type Part = (job: StoreJob, options: StoreCommandOptions) => Promise<number>

const PARTS: Readonly<Record<string, Part>> = {
  info: storeInfo,
  migrate: migrateStore,
  trim: (job, { olderThan = 0 }) => trimStore(job, olderThan),
  verify: verifyStore,
  export: (job, { to }) => exportStore(job, to),
  import: (job, { from }) => importStore(job, from),
}

/**
 * Runs one part of `yardstick store`. Gives the exit code.
 *
 * @throws YardstickError `YS_STORE_…`, `YS_CONFIG…` when the store cannot be used or is not named properly
 */
export async function runStore(part: string, options: StoreCommandOptions): Promise<number> {
  const directory = process.cwd()
  const { store, config, json } = options
  const inCode = { ...(store === undefined ? {} : { store }), ...(config === undefined ? {} : { config }) }
  const settings = await loadSettings({ directory, environment: process.env, options: inCode })
  const say = (text: string, object: object): void => {
    process.stdout.write(`${json === true ? JSON.stringify(object, plain, 2) : text}\n`)
  }
  return PARTS[part]!({ store: settings.store, directory, say }, options)
}

/** JSON has no bigint: fencing tokens are written as text. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
