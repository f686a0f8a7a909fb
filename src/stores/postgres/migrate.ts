import { YardstickError } from '../../ground/errors.ts'
import { type Database, quoted, type Transaction } from './database.ts'
import { MIGRATIONS } from './schema.ts'

const PATIENCE_MS = 60_000

/**
 * Brings the tables up to date; of processes that start together one does it, the others wait for it.
 *
 * @throws YardstickError `YS_STORE_SCHEMA` if they are newer than `steps`
 */
export async function migrate(db: Database, steps: readonly string[] = MIGRATIONS): Promise<void> {
  const found = await db.transaction('look into', (tx) => versionOf(tx, db.schema))
  checkVersion(found, db.place, steps.length)
  if (found === steps.length) return
  const patience = { lockMs: PATIENCE_MS, statementMs: PATIENCE_MS, idleMs: PATIENCE_MS }
  await db.transaction('bring up to date', (tx) => bringForward(tx, db, steps), patience)
}

/** The same within a transaction: whoever else wants it waits for its end. */
export async function bringForward(
  tx: Transaction,
  { place, schema }: Pick<Database, 'place' | 'schema'>,
  steps: readonly string[],
): Promise<void> {
  // Ends with the transaction: a lock of the session would stay on a connection that PgBouncer gives to others.
  await tx.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`yardstick/${schema}`])
  const before = await versionOf(tx, schema)
  checkVersion(before, place, steps.length)
  if (before === 0) await makeSchema(tx, schema)
  for (const step of steps.slice(before)) await tx.rows(step)
  if (before < steps.length) {
    await tx.run('INSERT INTO yardstick_versions (version) VALUES ($1)', [steps.length])
  }
}

/** Whether a newer Yardstick has brought the tables forward. */
export function isNewer(found: number): boolean {
  return found > MIGRATIONS.length
}

/** @throws YardstickError `YS_STORE_SCHEMA` if the version is newer than what is known here */
export function checkVersion(found: number, place: string, known: number = MIGRATIONS.length): void {
  if (found <= known) return
  throw new YardstickError(
    'YS_STORE_SCHEMA',
    `${place} has tables of version ${found}, this Yardstick knows up to ${known}: ` +
      'use the newer Yardstick that made them, or another schema',
  )
}

/** Version of the tables; 0 where there are none. */
export async function versionOf(tx: Transaction, schema: string): Promise<number> {
  // Not by `to_regclass`: after the wait for the lock that one still does not see a schema made meanwhile.
  const [there] = await tx.rows(
    `SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = 'yardstick_versions'`,
    [schema],
  )
  if (there === undefined) return 0
  const [row] = await tx.rows<{ version: number | null }>(
    'SELECT max(version) AS version FROM yardstick_versions',
  )
  return row?.version ?? 0
}

/** A schema that is there already needs no right to make one: an administrator may have done it. */
async function makeSchema(tx: Transaction, schema: string): Promise<void> {
  const [row] = await tx.rows('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])
  if (row === undefined) await tx.rows(`CREATE SCHEMA ${quoted(schema)}`)
  await tx.rows(
    'CREATE TABLE yardstick_versions (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
  )
}
