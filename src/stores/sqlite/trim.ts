import { TIERS_MS } from '../tiers.ts'
import { deleteCell, sweepCounts } from './cells.ts'
import type { Database } from './database.ts'
import { deleteFlushes, type FlushRow } from './flushes.ts'

/** How much one step deletes: a few ms of work. */
const FLUSHES = 60
const CELLS = 4
const EVENTS = 500
const PAGES = 64

/** Deletes a few milliseconds' worth of what ended before; `true` when it found anything. */
export function trimStep(db: Database, beforeMs: number): boolean {
  if (sweepCounts(db)) return true
  return db.write(() => {
    const flushes = db.all<FlushRow>(
      `SELECT id, service, instance, flush, from_ms, to_ms FROM flushes WHERE to_ms < ? ORDER BY to_ms LIMIT ?`,
      beforeMs,
      FLUSHES,
    )
    deleteFlushes(db, flushes)
    const cells = TIERS_MS.slice(1).flatMap((tierMs) =>
      db.all<{ id: number }>(
        'SELECT id FROM cells WHERE tier_ms = ? AND slot < ? AND to_ms < ? ORDER BY slot LIMIT ?',
        tierMs,
        beforeMs / tierMs,
        beforeMs,
        CELLS,
      ),
    )
    for (const { id } of cells) deleteCell(db, id)
    return flushes.length + cells.length + deleteEvents(db, beforeMs, EVENTS) > 0
  })
}

/** Gives free pages back to the disk; `true` when that was worth it, so that there may be more. */
export function shrinkStep(db: Database): boolean {
  if (db.pragma('freelist_count') <= PAGES) return false
  db.exec(`PRAGMA incremental_vacuum(${PAGES})`)
  return true
}

/** Deletes the oldest events and claims before an instant, `most` of each at a time; how many. */
export function deleteEvents(db: Database, beforeMs: number, most: number): number {
  const events = db.run(
    'DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at_ms < ? ORDER BY at_ms LIMIT ?)',
    beforeMs,
    most,
  )
  const claims = db.run(
    `DELETE FROM claims WHERE (service, key) IN (
       SELECT service, key FROM claims WHERE at_ms < ? ORDER BY at_ms LIMIT ?)`,
    beforeMs,
    most,
  )
  return events + claims
}
