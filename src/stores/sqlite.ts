import type { Store } from '../engine/store.ts'
import type { StoreContext, StoreSpec } from './open.ts'
import type { Keep } from './tiers.ts'

export interface SqliteOptions {
  /** The file; relative to the application's directory. Default `.yardstick/yardstick.db`. */
  readonly path?: string
  /** The file does not stay larger than this. Default 256 MiB. Its write-ahead log comes on top (a few MB). */
  readonly maxBytes?: number
  /** Retention. Defaults: seconds 10 min, minutes 25 h, quarter hours and events 90 days. */
  readonly keep?: Partial<Keep>
}

/**
 * Keeps figures in a SQLite file beside the application: the default. All processes of a host that name the same
 * file share it. Needs nothing installed (`node:sqlite`); not for network file systems.
 *
 * @example
 * yardstick({ store: sqlite({ path: '/var/lib/shop/yardstick.db', maxBytes: 512 * 1024 * 1024 }) })
 */
export function sqlite(options: SqliteOptions = {}): StoreSpec {
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
