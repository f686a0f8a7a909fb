import type pg from 'pg'
import { YardstickError } from '../../ground/errors.ts'

export type PgModule = typeof pg

/**
 * Loads `pg`, on the engine's thread: there are no recorders there, so nothing of ours is measured.
 *
 * @throws YardstickError `YS_STORE_OPEN` when it is not installed
 */
export async function pgModule(): Promise<PgModule> {
  try {
    return (await import('pg')).default
  } catch (cause) {
    throw new YardstickError(
      'YS_STORE_OPEN',
      `the PostgreSQL store needs the package pg, which could not be loaded (${(cause as Error).message}); ` +
        'install it beside yardstick: npm install pg',
      { cause },
    )
  }
}
