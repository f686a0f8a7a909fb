import { randomUUID } from 'node:crypto'
import type { Batch } from '../../engine/store.ts'
import { YardstickError } from '../../ground/errors.ts'
import { packSlices } from '../blob.ts'
import { noPresence, packPresence } from '../presence.ts'
import { cureOf } from './cure.ts'
import type { Database, Transaction } from './database.ts'
import { messageOf } from './failure.ts'
import { bringForward, checkVersion, versionOf } from './migrate.ts'
import { databaseOf } from './opened.ts'
import type { PostgresOptions } from './options.ts'
import { saveBatch } from './save.ts'
import { MIGRATIONS } from './schema.ts'

const OLDEST = 14
const OLDEST_NUM: number = OLDEST * 10_000

/** What was found where figures are to be kept. */
export interface Trial {
  /** The address, without secrets. */
  readonly place: string
  readonly server: string
  /** Of the tables; 0 where there are none yet. */
  readonly version: number
  readonly newestVersion: number
}

/**
 * Does what a process does that starts here: connects, makes the tables if there are none, saves a flush; then undoes
 * all of it. Tables of an older version are left alone.
 *
 * @throws YardstickError `YS_STORE_OPEN` saying what fails and what to do, `YS_STORE_SCHEMA`
 */
export async function tryOut(options: PostgresOptions, service: string): Promise<Trial> {
  const db = await databaseOf(options)
  try {
    const open = await db.begin('try out')
    let trial: Trial
    try {
      trial = await tried(db, open.tx, service)
    } catch (error) {
      throw await open.abort(error)
    }
    await open.rollback()
    return trial
  } catch (error) {
    const cause = (error as Error).cause ?? error
    if (error instanceof YardstickError && error.code !== 'YS_STORE_FAILED') throw error
    throw new YardstickError(
      'YS_STORE_OPEN',
      `${db.place} could not be used: ${messageOf(cause)}; ${cureOf(cause)}`,
      { cause },
    )
  } finally {
    await db.close()
  }
}

async function tried(db: Database, tx: Transaction, service: string): Promise<Trial> {
  const { place, schema } = db
  const [found] = await tx.rows<{ num: string; server: string }>(
    `SELECT current_setting('server_version_num') AS num, current_setting('server_version') AS server`,
  )
  const { num, server } = found!
  if (Number(num) < OLDEST_NUM) {
    throw new YardstickError(
      'YS_STORE_OPEN',
      `${place} is PostgreSQL ${server}: ${OLDEST} or newer is needed; update it`,
    )
  }
  const version = await versionOf(tx, schema)
  checkVersion(version, place)
  if (version === 0) await bringForward(tx, db, MIGRATIONS)
  else await checkOwner(tx, db)
  if (version === 0 || version === MIGRATIONS.length) await saveBatch(tx, flushOf(service), null)
  return { place, server, version, newestVersion: MIGRATIONS.length }
}

/** Partitions are emptied by TRUNCATE, which only their owner may. */
async function checkOwner(tx: Transaction, { place, schema }: Database): Promise<void> {
  const [other] = await tx.rows<{ owner: string; mine: string }>(
    `SELECT pg_get_userbyid(c.relowner) AS owner, current_user AS mine
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT pg_has_role(c.relowner, 'USAGE') LIMIT 1`,
    [schema],
  )
  if (other === undefined) return
  throw new YardstickError(
    'YS_STORE_OPEN',
    `${place}: the tables belong to ${other.owner}, we are ${other.mine}; all processes of a service use one user: ` +
      `use ${other.owner}, or another schema`,
  )
}

function flushOf(service: string): Parameters<typeof saveBatch>[1] {
  const nowMs = Date.now()
  const presence = noPresence()
  const batch: Batch = {
    ...{ service, instance: randomUUID(), flush: 1, fromMs: nowMs, toMs: nowMs },
    ...{ slices: [], events: [], presence },
  }
  return { batch, slices: packSlices([]), presence: packPresence(presence) }
}
