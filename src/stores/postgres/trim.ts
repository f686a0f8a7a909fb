import { TIERS_MS } from '../tiers.ts'
import type { Transaction } from './database.ts'

const COARSEST_MS = TIERS_MS.at(-1)!
/** How much one step deletes: some ten ms of work. */
const CELLS = 20
const ROWS = 2_000
const INSTANCES = 1_000

/** Deletes a step's worth of what ended before; `true` when it found anything. */
export async function trimStep(tx: Transaction, beforeMs: number): Promise<boolean> {
  const flushes = await tx.run('DELETE FROM flushes WHERE to_ms < $1', [beforeMs])
  const cells = await tx.run(
    `WITH old AS (
       SELECT service, tier_ms, slot FROM cells WHERE to_ms < $1 ORDER BY tier_ms, slot LIMIT ${CELLS} FOR UPDATE
     ), counts_gone AS (
       DELETE FROM counts USING old
       WHERE counts.service = old.service AND counts.tier_ms = old.tier_ms AND counts.slot = old.slot
     )
     DELETE FROM cells USING old
     WHERE cells.service = old.service AND cells.tier_ms = old.tier_ms AND cells.slot = old.slot`,
    [beforeMs],
  )
  return flushes + cells + (await trimEvents(tx, beforeMs)) > 0
}

/**
 * What outlived its retention: the oldest slot (or the one furthest in the future, saved while a clock was wrong) and
 * some events, claims and instances as old. At most a quarter of an hour of history goes in each step.
 */
export async function expireStep(tx: Transaction, nowMs: number, keepMs: number): Promise<void> {
  const [row] = await tx.rows<{ slot: string | null }>(
    `SELECT slot::text FROM (
       SELECT min(slot) AS slot FROM cells WHERE tier_ms = $1 HAVING min(slot) <= $2
       UNION ALL
       SELECT max(slot) FROM cells WHERE tier_ms = $1 HAVING max(slot) > $3) AS old LIMIT 1`,
    [COARSEST_MS, Math.floor((nowMs - keepMs) / COARSEST_MS) - 1, Math.ceil((nowMs + keepMs) / COARSEST_MS)],
  )
  if (row !== undefined) {
    for (const table of ['counts', 'cells']) {
      await tx.run(`DELETE FROM ${table} WHERE tier_ms = $1 AND slot = $2`, [COARSEST_MS, row.slot])
    }
  }
  await trimEvents(tx, nowMs - keepMs)
  await tx.run(
    `DELETE FROM instances WHERE (service, instance) IN (
       SELECT service, instance FROM instances WHERE seen_hour < $1 LIMIT ${INSTANCES})`,
    [Math.floor((nowMs - keepMs) / 3_600_000)],
  )
}

async function trimEvents(tx: Transaction, beforeMs: number): Promise<number> {
  const events = await tx.run(
    `DELETE FROM events WHERE (service, id) IN (SELECT service, id FROM events WHERE at_ms < $1 LIMIT ${ROWS})`,
    [beforeMs],
  )
  const claims = await tx.run(
    `DELETE FROM claims WHERE (service, key) IN (SELECT service, key FROM claims WHERE at_ms < $1 LIMIT ${ROWS})`,
    [beforeMs],
  )
  return events + claims
}
