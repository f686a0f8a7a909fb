import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { YardstickError } from '../../ground/errors.ts'
import { makeDirectory } from '../../ground/own-directory.ts'
import type { StoreContext } from '../spec.ts'
import { Database, isBusy, isCorrupt, isReadOnly } from './database.ts'
import { checkDamaged, checkOwner } from './ownership.ts'
import { checkPlanted } from './planted.ts'
import { migrate } from './schema.ts'

/** How long a statement waits for another process' transaction: those take milliseconds. */
export const BUSY_MS = 500
const OPEN_TRIES = 10
const TRY_AGAIN_MS = 50
/** A disk that goes on damaging files must not be filled with the copies. */
const KEPT_ASIDE = 3

/**
 * Opens the file at `path` with its tables up to date. A corrupt one of Yardstick's is moved aside, which is said
 * aloud, and a fresh one begun; a file of anybody else is not touched.
 *
 * @throws YardstickError `YS_STORE_OPEN`, `YS_STORE_SCHEMA`
 */
export async function openFile(path: string, context: StoreContext): Promise<Database> {
  for (let tries = 1; ; tries++) {
    try {
      return openNow(path, context)
    } catch (error) {
      // Switching a new file to WAL does not wait for another process that is doing just that.
      if (isBusy(error) && tries < OPEN_TRIES) await setTimeout(TRY_AGAIN_MS)
      else throw openError(path, error)
    }
  }
}

/** As `openFile`, without a second try. */
export function openNow(path: string, context: StoreContext, busyMs: number = BUSY_MS): Database {
  makeDirectory(dirname(path))
  checkPlanted(dirname(path))
  try {
    return opened(path, busyMs)
  } catch (error) {
    if (!isCorrupt(error)) throw error
    checkDamaged(path, context.directory, error as Error)
    moveAside(path, context, error as Error)
    return opened(path, busyMs)
  }
}

/** Keeps a damaged file under another name and says so. Its connection must be closed. */
export function moveAside(path: string, { clock, logger }: StoreContext, cause: Error): void {
  const stamp = new Date(clock.wallMs()).toISOString().replaceAll(':', '-')
  const prefix = `${path}.corrupt-`
  let aside = `${prefix}${stamp}`
  for (let n = 2; existsSync(aside); n++) aside = `${prefix}${stamp}-${n}`
  // The log goes first: left beside a fresh file it would be taken for that file's own.
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  }
  for (const old of asides(path).slice(0, -KEPT_ASIDE)) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(old + suffix, { force: true })
  }
  logger.warn(
    `${path} is damaged (${cause.message}). It was kept as ${aside}; a fresh file was begun, ` +
      'so figures from before are missing until it is repaired.',
  )
}

/** Which file a path leads to now; `undefined` for none. */
export function identityOf(path: string): string | undefined {
  // Never open and close the file here: closing any handle of it drops SQLite's locks in this process.
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`
}

/** The two files of a file's log. SQLite keeps them beside the file itself, not beside a link to it. */
export function logFilesOf(path: string): readonly string[] {
  const file = existsSync(path) ? realpathSync(path) : path
  return [`${file}-wal`, `${file}-shm`]
}

/** Says of an error at opening what was tried and what to do. */
export function openError(path: string, cause: unknown): YardstickError {
  if (cause instanceof YardstickError) return cause
  return new YardstickError(
    'YS_STORE_OPEN',
    `${path} could not be opened for writing: ${(cause as Error).message}; make it writable or set another path`,
    { cause },
  )
}

function opened(path: string, busyMs: number): Database {
  const isNew = makeFile(path)
  // Beside a file that is new, too, a link may wait for its log.
  for (const suffix of ['', '-wal', '-shm']) checkPlanted(path + suffix)
  if (!isNew) checkLogged(path, busyMs)
  const db = new Database(path)
  try {
    db.exec(`PRAGMA busy_timeout = ${busyMs}`)
    checkOwner(db, path)
    // auto_vacuum counts only before the first table, and before WAL. Checkpoints are smaller than SQLite's usual 1 000
    // pages: they are the longest stretches in which the thread does nothing else. A quarter of its usual cache: the
    // system has the file in memory anyway.
    db.exec(`
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = 8388608;
      PRAGMA wal_autocheckpoint = 250;
      PRAGMA cache_size = -500;
    `)
    migrate(db, path)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Makes the file, for its owner only; SQLite gives its log the same mode. `false` when it is there already. */
function makeFile(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Looks whose file it is before a connection that may write is opened: closing that one would write a log that was
 * left behind into the file. Without a log a read-only connection is the worse one: it leaves an empty log there.
 */
function checkLogged(path: string, busyMs: number): void {
  if (!existsSync(`${path}-wal`)) return
  const db = new Database(path, { readOnly: true })
  try {
    db.exec(`PRAGMA busy_timeout = ${busyMs}`)
    checkOwner(db, path)
  } catch (error) {
    if (!isReadOnly(error)) throw error
  } finally {
    db.close()
  }
}

function asides(path: string): readonly string[] {
  const prefix = `${basename(path)}.corrupt-`
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && !name.endsWith('-wal') && !name.endsWith('-shm'))
    .sort()
    .map((name) => join(dirname(path), name))
}
