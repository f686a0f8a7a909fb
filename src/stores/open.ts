import type { Store } from '../engine/store.ts'
import type { Clock } from '../ground/clock.ts'
import { YardstickError } from '../ground/errors.ts'
import type { Logger } from '../ground/logger.ts'
import type { MemoryOptions } from './memory.ts'
import type { SqliteOptions } from './sqlite.ts'

/** What a store is given besides its own options. */
export interface StoreContext {
  readonly clock: Clock
  /** Hears what people must know: a corrupt file moved aside, a byte cap reached. */
  readonly logger: Logger
  /** The application's directory: relative paths start here. */
  readonly directory: string
}

// The built-in stores: one line each. A store's code is loaded when it is opened, by the engine's thread.
const STORES = {
  memory: async (options: MemoryOptions, context: StoreContext): Promise<Store> =>
    (await import('./memory.ts')).openMemory(options, context),
  sqlite: async (options: SqliteOptions, context: StoreContext): Promise<Store> =>
    (await import('./sqlite.ts')).openSqlite(options, context),
}

export type StoreKind = keyof typeof STORES
export const STORE_KINDS: readonly StoreKind[] = Object.keys(STORES) as StoreKind[]

/** Which store to open and how: plain data, so that it crosses threads. Made by `sqlite({ … })`, `memory()`. */
export type StoreSpec = {
  readonly [Kind in StoreKind]: {
    readonly kind: Kind
    readonly options: Parameters<(typeof STORES)[Kind]>[0]
  }
}[StoreKind]

/**
 * Opens a store. One that cannot be opened here (read-only disk, no such place, written by a newer Yardstick) is
 * replaced by memory with one warning: a service must not lose its monitor because of a disk.
 *
 * @example
 * const store = await openStore(sqlite(), { clock: systemClock, logger, directory: process.cwd() })
 */
export async function openStore(spec: StoreSpec, context: StoreContext): Promise<Store> {
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

function open(spec: StoreSpec, context: StoreContext): Promise<Store> {
  const opener = STORES[spec.kind] as (options: StoreSpec['options'], context: StoreContext) => Promise<Store>
  return opener(spec.options, context)
}
