import type { PackedSlice, Slice } from '../../measure/slice.ts'
import { packSlices, sealCounts } from '../blob.ts'
import { flushSlices, type SeriesRow, seriesSlices } from '../opening.ts'
import type { OnBad } from '../sum.ts'
import type { Database } from './database.ts'
import type { Names } from './names.ts'

/** From this tier on a cell has a row for each series; a finer one is read as a whole only, and kept in one blob. */
const ROWS_FROM_MS = 60_000
const COUNTS_A_SWEEP = 400
const CELLS_A_SWEEP = 40

/**
 * Reads a cell; it is opened when that is called. What cannot be read is left out and told to `onBad`: one bad row
 * must not hide the others.
 *
 * @param move where its bytes are kept until then. Default: where they are
 */
export function readCell(
  db: Database,
  cell: number,
  onBad: OnBad,
  move: (blob: Blob) => Uint8Array = (blob) => blob,
): () => readonly PackedSlice[] {
  const blob = db.first<{ slices: Blob | null }>('SELECT slices FROM cells WHERE id = ?', cell)?.slices
  if (blob !== null && blob !== undefined) {
    const moved = move(blob)
    return () => flushSlices(moved, onBad)
  }
  const series: SeriesRow[] = []
  for (const row of db.each<SeriesRow & { readonly packed: Blob }>(
    'SELECT component, name, nested, packed FROM counts JOIN series ON series.id = counts.series WHERE cell = ?',
    cell,
  )) {
    series.push({ ...row, packed: move(row.packed) })
  }
  return () => seriesSlices(series, onBad)
}

/** As SQLite gives it: with a buffer to itself. */
export type Blob = Uint8Array<ArrayBuffer>

export interface CellSpot {
  readonly service: number
  readonly tierMs: number
  readonly slot: number
}

export function insertCell(
  db: Database,
  names: Names,
  spot: CellSpot & { readonly fromMs: number; readonly toMs: number; readonly slices: readonly Slice[] },
): void {
  const { service, tierMs, slot, fromMs, toMs, slices } = spot
  const inRows = tierMs >= ROWS_FROM_MS
  const cell = db.insert(
    'INSERT INTO cells (service, tier_ms, slot, from_ms, to_ms, slices) VALUES (?, ?, ?, ?, ?, ?)',
    service,
    tierMs,
    slot,
    fromMs,
    toMs,
    inRows ? null : packSlices(slices),
  )
  if (!inRows) return
  for (const slice of slices) {
    db.run(
      'INSERT INTO counts (cell, series, packed) VALUES (?, ?, ?)',
      cell,
      names.addSeries(service, slice),
      sealCounts(slice.counts),
    )
  }
}

/** Nobody finds its counts any more; `sweepCounts` deletes them. In a transaction. */
export function deleteCell(db: Database, cell: number): void {
  db.run('DELETE FROM cells WHERE id = ?', cell)
  db.run('INSERT OR IGNORE INTO emptied (cell) VALUES (?)', cell)
}

/** Deletes a few milliseconds' worth of counts whose cells are gone; `false` when there are none. */
export function sweepCounts(db: Database): boolean {
  const next = db.first<{ cell: number }>('SELECT cell FROM emptied LIMIT 1')
  if (next === undefined) return false
  db.write(() => {
    let left = COUNTS_A_SWEEP
    for (const { cell } of db.all<{ cell: number }>('SELECT cell FROM emptied LIMIT ?', CELLS_A_SWEEP)) {
      const sql = 'SELECT series FROM counts WHERE cell = ?1 ORDER BY series LIMIT ?2'
      left -= db.run(`DELETE FROM counts WHERE cell = ?1 AND series IN (${sql})`, cell, left)
      if (left <= 0) return
      db.run('DELETE FROM emptied WHERE cell = ?', cell)
    }
  })
  return true
}
