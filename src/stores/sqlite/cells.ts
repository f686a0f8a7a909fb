import { YardstickError } from '../../ground/errors.ts'
import type { Slice } from '../../measure/slice.ts'
import { sealCounts, unpackSlices, unsealCounts } from '../blob.ts'
import type { Database } from './database.ts'
import type { Names } from './names.ts'

interface PackedSeries {
  readonly component: string
  readonly name: string
  readonly nested: number
  readonly packed: Uint8Array
}

/** The series of a cell, still packed. */
export function packedCell(db: Database, cell: number): readonly PackedSeries[] {
  return db.all<PackedSeries>(
    `SELECT component, name, nested, packed FROM counts JOIN series ON series.id = counts.series WHERE cell = ?`,
    cell,
  )
}

/** Decodes a cell. What cannot be read is left out and told to `onBad`: one bad row must not hide the others. */
export function cellSlices(
  packed: readonly PackedSeries[],
  onBad: (error: YardstickError) => void,
): readonly Slice[] {
  const slices: Slice[] = []
  for (const { component, name, nested, packed: bytes } of packed) {
    try {
      slices.push({ component, name, nested: nested === 1, counts: unsealCounts(bytes) })
    } catch (error) {
      tell(error, onBad)
    }
  }
  return slices
}

/** Decodes a flush; none of its slices when it cannot be read, which is told to `onBad`. */
export function flushSlices(bytes: Uint8Array, onBad: (error: YardstickError) => void): readonly Slice[] {
  try {
    return unpackSlices(bytes)
  } catch (error) {
    tell(error, onBad)
    return []
  }
}

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
  const cell = db.insert(
    'INSERT INTO cells (service, tier_ms, slot, from_ms, to_ms) VALUES (?, ?, ?, ?, ?)',
    spot.service,
    spot.tierMs,
    spot.slot,
    spot.fromMs,
    spot.toMs,
  )
  for (const slice of spot.slices) {
    db.run(
      'INSERT INTO counts (cell, series, packed) VALUES (?, ?, ?)',
      cell,
      names.addSeries(spot.service, slice),
      sealCounts(slice.counts),
    )
  }
}

export function deleteCell(db: Database, cell: number): void {
  db.run('DELETE FROM counts WHERE cell = ?', cell)
  db.run('DELETE FROM cells WHERE id = ?', cell)
}

function tell(error: unknown, onBad: (error: YardstickError) => void): void {
  if (!(error instanceof YardstickError)) throw error
  onBad(error)
}
