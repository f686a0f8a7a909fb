import type { Store } from '../engine/store.ts'
import { YardstickError } from '../ground/errors.ts'
import type { MemoryOptions } from './memory.ts'
import type { PostgresOptions } from './postgres.ts'
import type { StoreContext, StoreSpec } from './spec.ts'
import type { SqliteOptions } from './sqlite.ts'

// The built-in stores: one line each. A store's code is loaded when it is opened, by the engine's thread.
const STORES = {
  memory: async (options: MemoryOptions, context: StoreContext): Promise<Store> =>
    (await import('./memory.ts')).openMemory(options, context),
  sqlite: async (options: SqliteOptions, context: StoreContext): Promise<Store> =>
    (await import('./sqlite.ts')).openSqlite(options, context),
  postgres: async (options: PostgresOptions, context: StoreContext): Promise<Store> =>
    (await import('./postgres.ts')).openPostgres(options, context),
}

export type StoreKind = keyof typeof STORES
export const STORE_KINDS: readonly StoreKind[] = Object.keys(STORES) as StoreKind[]

/** What opens one of the built-in stores. */
export type BuiltInSpec = {
  readonly [Kind in StoreKind]: StoreSpec<Kind, Parameters<(typeof STORES)[Kind]>[0]>
}[StoreKind]

/**
 * Opens a store. One that cannot be opened here (read-only disk, no such place, written by a newer Yardstick) is
 * replaced by memory with one warning: a service must not lose its monitor because of a disk. One that only is out of
 * reach for a while (locked, disk full) is not: it is tried again.
 *
 * @example
 * const store = await openStore(sqlite(), { clock: systemClock, logger, directory: process.cwd() })
 */
export async function openStore(spec: BuiltInSpec, context: StoreContext): Promise<Store> {
  try {
    return await open(spec, context)
  } catch (error) {
    if (!(error instanceof YardstickError) || spec.kind === 'memory') throw error
    context.logger.warn(
      `${error.message} (${error.code}). Going on in memory: live figures are right, but a restart forgets them.`,
    )
    return open({ kind: 'memory', options: {} }, context)
  }
}

/** As `openStore`, but what cannot be opened throws: for those who want this store and no other. */
export function open(spec: BuiltInSpec, context: StoreContext): Promise<Store> {
  const opener = STORES[spec.kind] as (
    options: BuiltInSpec['options'],
    context: StoreContext,
  ) => Promise<Store>
  return opener(spec.options, context)
}
