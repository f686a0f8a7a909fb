import type { Store } from '../engine/store.ts'
import type { PostgresOptions } from './postgres/options.ts'
import type { StoreContext, StoreSpec } from './spec.ts'

export type { PostgresOptions }

/**
 * Keeps figures in PostgreSQL 14 or newer, so that all replicas of a service answer as one. Needs the package `pg`
 * (`npm install pg`). Runs on Yardstick's own thread with its own small pool, and works through PgBouncer in
 * transaction mode.
 *
 * @example
 * yardstick({ store: postgres({ url: process.env.DATABASE_URL }) })
 */
export function postgres(options: PostgresOptions = {}): StoreSpec<'postgres', PostgresOptions> {
  return { kind: 'postgres', options }
}

/**
 * Connects and brings the tables up to date. A database that is out of reach for now is no error: it is tried again
 * with everything that is saved.
 *
 * @throws YardstickError `YS_STORE_OPEN` if `pg` is not installed, or the database refuses this user or has no such
 * name; `YS_STORE_SCHEMA` if a newer version of Yardstick made the tables
 */
export async function openPostgres(options: PostgresOptions, context: StoreContext): Promise<Store> {
  // The application's threads import this file for `postgres()`; they must not load the rest.
  const { PostgresStore } = await import('./postgres/store.ts')
  return PostgresStore.open(options, context)
}
