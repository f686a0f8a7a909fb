import type { PackedSlice } from '../../measure/slice.ts'
import type { SliceSum } from '../../measure/slice-sum.ts'
import { sealCounts } from '../blob.ts'
import { flushSlices, type SeriesRow, seriesSlices } from '../opening.ts'
import type { OnBad } from '../sum.ts'
import { writable } from '../written.ts'
import type { Transaction } from './database.ts'

/** Slots of one tier of a service, from `slot` up to but not including `endSlot`. */
export interface Slots {
  /** As written. */
  readonly service: string
  readonly tierMs: number
  readonly slot: number
  readonly endSlot: number
}

/** A cell with what it holds, not looked into yet. */
export interface Cell {
  readonly tierMs: number
  readonly from_ms: number
  readonly to_ms: number
  readonly slices: () => readonly PackedSlice[]
}

interface CellRow {
  readonly tier_ms: number
  readonly slot: string
  readonly from_ms: number
  readonly to_ms: number
  readonly slices: Uint8Array | null
}

interface CountsRow extends SeriesRow {
  readonly tier_ms: number
  readonly slot: string
}

const SLOTS = 'unnest($2::integer[], $3::bigint[], $4::bigint[]) AS asked(tier_ms, slot, end_slot)'
const IN_SLOTS =
  'c.service = $1 AND c.tier_ms = asked.tier_ms AND c.slot >= asked.slot AND c.slot < asked.end_slot'

/**
 * Cells of one service. One that cannot be read is empty, which is told to `onBad` when it is opened.
 *
 * @param lock keeps the cells from being deleted by anybody else before the transaction ends
 */
export async function cellsIn(
  tx: Transaction,
  slots: readonly Slots[],
  { onBad, lock = false }: { readonly onBad: OnBad; readonly lock?: boolean },
): Promise<readonly Cell[]> {
  const values = [
    slots[0]!.service,
    slots.map(({ tierMs }) => tierMs),
    slots.map(({ slot }) => slot),
    slots.map(({ endSlot }) => endSlot),
  ]
  const rows = await tx.rows<CellRow>(
    `SELECT c.tier_ms, c.slot::text, c.from_ms, c.to_ms, c.slices FROM ${SLOTS} JOIN cells c ON ${IN_SLOTS}
     ${lock ? 'FOR UPDATE OF c' : ''}`,
    values,
  )
  if (rows.length === 0) return []
  const series = await tx.rows<CountsRow>(
    `SELECT c.tier_ms, c.slot::text, c.component, c.name, c.nested, c.packed
     FROM ${SLOTS} JOIN counts c ON ${IN_SLOTS}`,
    values,
  )
  const byCell = Map.groupBy(series, ({ tier_ms, slot }) => `${tier_ms}/${slot}`)
  return rows.map(({ tier_ms, slot, from_ms, to_ms, slices }) => {
    const mine = byCell.get(`${tier_ms}/${slot}`) ?? []
    return {
      tierMs: tier_ms,
      from_ms,
      to_ms,
      slices: () => (slices === null ? seriesSlices(mine, onBad) : flushSlices(slices, onBad)),
    }
  })
}

export async function deleteCells(tx: Transaction, { service, tierMs, slot, endSlot }: Slots): Promise<void> {
  for (const table of ['counts', 'cells']) {
    const sql = `DELETE FROM ${table} WHERE service = $1 AND tier_ms = $2 AND slot >= $3 AND slot < $4`
    await tx.run(sql, [service, tierMs, slot, endSlot])
  }
}

/** Inserts a cell with a row a series. */
export async function insertCell(
  tx: Transaction,
  cell: {
    readonly service: string
    readonly tierMs: number
    readonly slot: number
    readonly fromMs: number
    readonly toMs: number
    readonly sum: SliceSum
  },
): Promise<void> {
  const { service, tierMs, slot, fromMs, toMs } = cell
  const slices = cell.sum.slices()
  await tx.run('INSERT INTO cells (service, tier_ms, slot, from_ms, to_ms) VALUES ($1, $2, $3, $4, $5)', [
    service,
    tierMs,
    slot,
    fromMs,
    toMs,
  ])
  await tx.run(
    `INSERT INTO counts (service, tier_ms, slot, series, component, name, nested, packed)
     SELECT $1, $2, $3, s.place, s.component, s.name, s.nested, s.packed
     FROM unnest($4::text[], $5::text[], $6::boolean[], $7::bytea[])
       WITH ORDINALITY AS s(component, name, nested, packed, place)`,
    [
      service,
      tierMs,
      slot,
      slices.map(({ component }) => writable(component)),
      slices.map(({ name }) => writable(name)),
      slices.map(({ nested }) => nested),
      slices.map(({ counts }) => sealCounts(counts)),
    ],
  )
}
