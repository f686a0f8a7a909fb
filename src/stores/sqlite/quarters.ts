import type { Span, Taken } from '../../engine/store.ts'
import { isNew } from '../new-flush.ts'
import { flushSlices } from '../opening.ts'
import type { Row } from '../rows.ts'
import type { OnBad } from '../sum.ts'
import { slotOf, TIERS_MS } from '../tiers.ts'
import { type Blob, readCell } from './cells.ts'
import type { Database } from './database.ts'
import { Pages } from './pages.ts'

const WIDTH_MS = TIERS_MS.at(-1)!

export interface RowQuery {
  readonly service: number
  readonly span: Span
  /** Leaves out what is new to who has taken so much. */
  readonly taken?: Taken | undefined
  readonly onBad: OnBad
}

interface FlushRow {
  readonly instance: string
  readonly flush: number
  readonly from_ms: number
  readonly to_ms: number
  readonly slices: Blob
  readonly came_ms: number
}

interface CellRow {
  readonly id: number
  readonly from_ms: number
  readonly to_ms: number
}

/**
 * The stored rows of a service, one slot of the coarsest tier at a time, oldest first. Each chunk is read in one
 * transaction: folding moves rows within such a slot only, so nothing is met twice or missed, and no transaction
 * is held open while the reader thinks (that would keep the write-ahead log from being reused). What a chunk's rows
 * hold is good until the next chunk is asked for.
 */
export function* quarters(db: Database, query: RowQuery): Generator<readonly Row[]> {
  let afterMs = query.span.fromMs
  // What is saved from now on is left out: else a flush could be missing from a quarter hour that was read, and the
  // one after it be there in the next.
  const lastId = db.first<{ id: number | null }>('SELECT max(id) AS id FROM flushes')?.id ?? 0
  const pages = new Pages()
  try {
    for (;;) {
      const chunk = db.read(() => {
        const slot = nextQuarter(db, query, afterMs)
        return slot === undefined
          ? undefined
          : { slot, rows: [...flushes(db, query, slot, lastId, pages), ...cells(db, query, slot, pages)] }
      })
      if (chunk === undefined) return
      yield chunk.rows
      pages.reuse()
      afterMs = (chunk.slot + 1) * WIDTH_MS
    }
  } finally {
    pages.close()
  }
}

function nextQuarter(db: Database, { service, span }: RowQuery, afterMs: number): number | undefined {
  const flush = db.first<{ to_ms: number }>(
    'SELECT to_ms FROM flushes WHERE to_ms > ? AND to_ms <= ? AND service = ? ORDER BY to_ms LIMIT 1',
    afterMs,
    span.toMs,
    service,
  )
  const slots = flush === undefined ? [] : [slotOf(flush.to_ms, WIDTH_MS)]
  for (const tierMs of TIERS_MS.slice(1)) {
    const cell = db.first<{ slot: number }>(
      'SELECT slot FROM cells WHERE tier_ms = ? AND slot >= ? AND slot < ? AND service = ? ORDER BY slot LIMIT 1',
      tierMs,
      Math.ceil(afterMs / tierMs),
      span.toMs / tierMs,
      service,
    )
    if (cell !== undefined) slots.push(Math.floor((cell.slot * tierMs) / WIDTH_MS))
  }
  return slots.length === 0 ? undefined : Math.min(...slots)
}

function flushes(
  db: Database,
  { service, span, taken, onBad }: RowQuery,
  quarter: number,
  lastId: number,
  pages: Pages,
): readonly Row[] {
  const rows: Row[] = []
  for (const { instance, flush, from_ms, to_ms, slices, came_ms } of db.each<FlushRow>(
    `SELECT instance, flushes.flush, from_ms, to_ms, slices, coalesce(came_ms, to_ms) AS came_ms FROM flushes
     LEFT JOIN presences ON presences.flush = flushes.id
     WHERE to_ms > ? AND to_ms <= ? AND service = ? AND id <= ?`,
    Math.max(quarter * WIDTH_MS, span.fromMs),
    Math.min((quarter + 1) * WIDTH_MS, span.toMs),
    service,
    lastId,
  )) {
    if (taken !== undefined && isNew({ instance, flush, cameMs: came_ms }, taken)) continue
    const moved = pages.move(slices)
    rows.push({ tierMs: TIERS_MS[0]!, fromMs: from_ms, toMs: to_ms, slices: () => flushSlices(moved, onBad) })
  }
  return rows
}

function cells(
  db: Database,
  { service, span, onBad }: RowQuery,
  quarter: number,
  pages: Pages,
): readonly Row[] {
  const rows: Row[] = []
  for (const tierMs of TIERS_MS.slice(1)) {
    const found = db.all<CellRow>(
      `SELECT id, from_ms, to_ms FROM cells
       WHERE tier_ms = ? AND slot >= ? AND slot < ? AND to_ms <= ? AND service = ?`,
      tierMs,
      Math.max((quarter * WIDTH_MS) / tierMs, Math.ceil(span.fromMs / tierMs)),
      ((quarter + 1) * WIDTH_MS) / tierMs,
      span.toMs,
      service,
    )
    const move = (blob: Blob): Uint8Array => pages.move(blob)
    for (const { id, from_ms, to_ms } of found) {
      rows.push({ tierMs, fromMs: from_ms, toMs: to_ms, slices: readCell(db, id, onBad, move) })
    }
  }
  return rows
}
