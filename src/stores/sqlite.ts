import type { Store } from '../engine/store.ts'
import type { StoreContext, StoreSpec } from './spec.ts'
import type { SqliteOptions } from './sqlite/options.ts'

export type { SqliteOptions }

/**
 * Keeps figures in a SQLite file where the application was started: the default. All processes of a host that name
 * the same file share it. Needs nothing installed (`node:sqlite`); not for network file systems.
 *
 * @example
 * yardstick({ store: sqlite({ path: '/var/lib/shop/yardstick.db', maxBytes: 512 * 1024 * 1024 }) })
 */
export function sqlite(options: SqliteOptions = {}): StoreSpec<'sqlite', SqliteOptions> {
  return { kind: 'sqlite', options }
}

/**
 * Opens the file, making it and its directory when they are not there. On the engine's thread only: its work blocks.
 *
 * @throws YardstickError `YS_STORE_OPEN` if the file cannot be made, written or locked;
 * `YS_STORE_SCHEMA` if a newer version of Yardstick wrote it
 */
export async function openSqlite(options: SqliteOptions, context: StoreContext): Promise<Store> {
  // The application's threads import this file for `sqlite()`; they must not load the rest.
  const { SqliteStore } = await import('./sqlite/store.ts')
  return SqliteStore.open(options, context)
}
