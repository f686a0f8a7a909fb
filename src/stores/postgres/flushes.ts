import type { StoredFlush, Taken } from '../../engine/store.ts'
import { flushPresence, flushSlices } from '../opening.ts'
import type { OnBad } from '../sum.ts'
import { readable, writable } from '../written.ts'
import type { Transaction } from './database.ts'

/** A process saves what it has recorded this often. */
export const FLUSH_MS = 5_000
/** At 100 series about 4 MB. */
const PAGE_ROWS = 500
const HOUR_MS = 3_600_000

// Only of instances that have something new is anything read besides their own row. Numbers of one instance become
// visible in their order (its row is locked until it has committed), so that no look back is needed for those that
// are known, however late the others commit.
const NEW_FLUSHES = `
  WITH due AS MATERIALIZED (
    SELECT i.instance, k.flush AS after_flush
    FROM instances i LEFT JOIN unnest($2::text[], $3::bigint[]) AS k(instance, flush) ON k.instance = i.instance
    WHERE i.service = $1 AND i.seen_hour >= $4
      AND CASE WHEN k.flush IS NULL THEN i.seen_ms >= $5 ELSE i.last_flush > k.flush END
  )
  SELECT f.instance, f.flush::text, f.from_ms, f.to_ms, f.slices, f.presence
  FROM due CROSS JOIN LATERAL (
    SELECT * FROM flushes
    WHERE service = $1 AND instance = due.instance
      AND flush > coalesce(due.after_flush, -9223372036854775808)
      AND (due.after_flush IS NOT NULL OR in_ms >= $5)
    ORDER BY flush LIMIT ${PAGE_ROWS}
  ) f
  ORDER BY f.instance, f.flush LIMIT ${PAGE_ROWS}`

/** As written. */
export interface FlushQuery extends Taken {
  readonly service: string
  readonly nowMs: number
}

export interface FlushRow {
  readonly instance: string
  readonly flush: string
  readonly from_ms: number
  readonly to_ms: number
  readonly slices: Uint8Array
  readonly presence: Uint8Array
}

/** The next flushes that are not known yet; fewer than a page at the end. */
export async function newFlushes(
  tx: Transaction,
  { service, known, sinceMs, nowMs }: FlushQuery,
): Promise<{ readonly rows: readonly FlushRow[]; readonly more: boolean }> {
  const rows = await tx.rows<FlushRow>(NEW_FLUSHES, [
    writable(service),
    [...known.keys()],
    [...known.values()],
    // What came in an hour ago was folded long since, known or not.
    Math.floor(Math.min(sinceMs, nowMs - HOUR_MS) / HOUR_MS),
    sinceMs,
  ])
  return { rows, more: rows.length === PAGE_ROWS }
}

export function flushOf(row: FlushRow, onBad: OnBad): StoredFlush {
  return {
    instance: readable(row.instance),
    flush: Number(row.flush),
    fromMs: row.from_ms,
    toMs: row.to_ms,
    slices: flushSlices(row.slices, onBad),
    presence: flushPresence(row.presence, onBad),
  }
}
