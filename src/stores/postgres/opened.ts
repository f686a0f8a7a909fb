import { YardstickError } from '../../ground/errors.ts'
import { cureOf } from './cure.ts'
import { Database } from './database.ts'
import { isLasting, messageOf } from './failure.ts'
import { pgModule } from './module.ts'
import type { PostgresOptions } from './options.ts'

/**
 * The database that options name, not yet connected to.
 *
 * @throws YardstickError `YS_STORE_OPEN` if `pg` is not installed or the URL cannot be read
 */
export async function databaseOf(options: PostgresOptions): Promise<Database> {
  const pg = await pgModule()
  try {
    return new Database(pg, options)
  } catch {
    // The cause would show the URL, and the password in it.
    throw new YardstickError(
      'YS_STORE_OPEN',
      'the PostgreSQL store needs a URL such as "postgres://user:password@host:5432/database"; the one given cannot be read',
    )
  }
}

/** What to say of an error at the first use; `undefined` where waiting may mend it. */
export function openError({ place }: Database, error: unknown): YardstickError | undefined {
  if (error instanceof YardstickError && error.code !== 'YS_STORE_FAILED') return error
  const cause = (error as Error).cause ?? error
  if (!isLasting(cause)) return undefined
  return new YardstickError(
    'YS_STORE_OPEN',
    `${place} could not be used: ${messageOf(cause)}; ${cureOf(cause)}`,
    { cause },
  )
}
