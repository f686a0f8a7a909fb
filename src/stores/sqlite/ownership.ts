import { closeSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { YardstickError } from '../../ground/errors.ts'
import type { Database } from './database.ts'
import { DEFAULT_PATH } from './options.ts'

/** Marks a file as Yardstick's: "YSTK". */
export const APPLICATION_ID = 0x59_53_54_4b
/** What every SQLite file begins with. */
const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100
const APPLICATION_ID_AT = 68

/**
 * Changes nothing. A file without tables is anybody's.
 *
 * @throws YardstickError `YS_STORE_OPEN` if the file holds another program's tables
 */
export function checkOwner(db: Database, path: string): void {
  // In this order: another process may be making the tables, and marks the file with them.
  if (db.first('SELECT 1 FROM sqlite_schema LIMIT 1') === undefined) return
  if (db.pragma('application_id') === APPLICATION_ID) return
  throw new YardstickError(
    'YS_STORE_OPEN',
    `${path} is a SQLite file of another program and was left as it is; give Yardstick a path of its own`,
  )
}

/**
 * Of a file that SQLite cannot read.
 *
 * @throws YardstickError `YS_STORE_OPEN` unless it is Yardstick's for certain: by its header, or because it lies
 * where only Yardstick puts files
 */
export function checkDamaged(path: string, directory: string, cause: Error): void {
  if (path === resolve(directory, DEFAULT_PATH) || hasOurHeader(path)) return
  throw new YardstickError(
    'YS_STORE_OPEN',
    `${path} is not a Yardstick database (${cause.message}) and was left as it is: ` +
      'set another path, or move the file away if it is not needed there',
    { cause },
  )
}

/** Only for files that SQLite cannot read: closing a handle of a file drops SQLite's locks on it. */
function hasOurHeader(path: string): boolean {
  const header = Buffer.alloc(HEADER_BYTES)
  const file = openSync(path, 'r')
  try {
    readSync(file, header, 0, HEADER_BYTES, 0)
  } finally {
    closeSync(file)
  }
  return (
    header.toString('latin1', 0, MAGIC.length) === MAGIC &&
    header.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID
  )
}
