import type { StoredFlush, Taken } from '../../engine/store.ts'
import { flushPresence, flushSlices } from '../opening.ts'
import type { OnBad } from '../sum.ts'
import type { Database } from './database.ts'

/** Rows of one instance that are read at a time: a few ms. */
const PAGE_ROWS = 20

interface FlushQuery {
  readonly service: number
  readonly taken: Taken
  readonly onBad: OnBad
}

interface Row {
  readonly flush: number
  readonly from_ms: number
  readonly to_ms: number
  readonly slices: Uint8Array
  readonly presence: Uint8Array | null
}

/**
 * A service's flushes that are not known yet, by instance. Writers take turns, so that a number that is not there
 * when a later one is was never saved, or is being tried again.
 */
export function* newFlushes(db: Database, query: FlushQuery): Generator<readonly StoredFlush[]> {
  const { service, taken } = query
  for (let instance = nextInstance(db, service, ''); instance !== undefined; ) {
    for (let after = taken.known.get(instance) ?? Number.NEGATIVE_INFINITY; ; ) {
      const page = pageOf(db, query, instance, after)
      if (page.length > 0) yield page
      if (page.length < PAGE_ROWS) break
      after = page.at(-1)!.flush
    }
    instance = nextInstance(db, service, instance)
  }
}

/** By the index, one step an instance: there are thousands of flushes, but few instances that have any. */
function nextInstance(db: Database, service: number, after: string): string | undefined {
  const sql = 'SELECT min(instance) AS instance FROM flushes WHERE service = ? AND instance > ?'
  return db.first<{ instance: string | null }>(sql, service, after)?.instance ?? undefined
}

function pageOf(db: Database, query: FlushQuery, instance: string, after: number): readonly StoredFlush[] {
  // Known instances are not asked by time: what one of them saved late is as new as the rest.
  const sinceMs = query.taken.known.has(instance) ? Number.NEGATIVE_INFINITY : query.taken.sinceMs
  const rows = db.all<Row>(
    `SELECT flushes.flush, from_ms, to_ms, slices, presence FROM flushes
     LEFT JOIN presences ON presences.flush = flushes.id
     WHERE service = ? AND instance = ? AND flushes.flush > ? AND coalesce(came_ms, to_ms) >= ?
     ORDER BY flushes.flush LIMIT ?`,
    query.service,
    instance,
    after,
    sinceMs,
    PAGE_ROWS,
  )
  return rows.map(({ flush, from_ms, to_ms, slices, presence }) => ({
    instance,
    flush,
    fromMs: from_ms,
    toMs: to_ms,
    slices: flushSlices(slices, query.onBad),
    presence: flushPresence(presence, query.onBad),
  }))
}
