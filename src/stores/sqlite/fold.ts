import type { PackedSlice } from '../../measure/slice.ts'
import type { SliceSum } from '../../measure/slice-sum.ts'
import { flushSlices } from '../opening.ts'
import { type OnBad, storedSum } from '../sum.ts'
import { TIERS_MS } from '../tiers.ts'
import { type CellSpot, deleteCell, insertCell, readCell } from './cells.ts'
import type { Database } from './database.ts'
import { deleteFlushes, type FlushRow, RESTED, restOf } from './flushes.ts'
import type { Names } from './names.ts'

/** A slot with more of them is folded in several goes, each adding to the last one's cell. */
const MOST_FLUSHES = 2_000
/** A transaction takes as long as reading so many slices. */
const COMMIT_SLICES = 100

interface CellRow {
  readonly id: number
  readonly from_ms: number
  readonly to_ms: number
}

/**
 * Turns the rows of one slot of a tier into one cell of the next: reads them a few at a time, then, in one
 * transaction, deletes them and inserts their sum, so that every reader finds each operation once. Rows never
 * change and ids are never used again: if those read are still there, nothing was folded meanwhile by anybody
 * else; otherwise the fold gives up and changes nothing.
 */
export class Fold {
  readonly #db: Database
  readonly #names: Names
  readonly #onBad: OnBad
  readonly #spot: CellSpot
  readonly #flushes: readonly FlushRow[]
  readonly #cells: readonly CellRow[]
  readonly #sum: SliceSum
  #next = 0
  #done = false

  /** @param spot the cell to make; its tier is not the finest one */
  constructor(
    db: Database,
    names: Names,
    spot: CellSpot,
    { nowMs, onBad }: { readonly nowMs: number; readonly onBad: OnBad },
  ) {
    this.#db = db
    this.#names = names
    this.#onBad = onBad
    this.#sum = storedSum(onBad)
    this.#spot = spot
    const { service, tierMs, slot } = spot
    const sourceMs = TIERS_MS[TIERS_MS.indexOf(tierMs) - 1]!
    const [flushes, cells] = db.read(() => [
      sourceMs === TIERS_MS[0] ? flushesIn(db, spot, nowMs) : [],
      db.all<CellRow>(
        `SELECT id, from_ms, to_ms FROM cells WHERE service = ?1 AND tier_ms = ?2 AND slot = ?3
         UNION ALL
         SELECT id, from_ms, to_ms FROM cells WHERE service = ?1 AND tier_ms = ?4 AND slot >= ?5 AND slot < ?6`,
        service,
        tierMs,
        slot,
        sourceMs,
        (slot * tierMs) / sourceMs,
        ((slot + 1) * tierMs) / sourceMs,
      ),
    ])
    this.#flushes = flushes
    this.#cells = cells
  }

  /** Whether there is no work left. */
  get done(): boolean {
    return this.#done
  }

  /**
   * Goes on with the work.
   *
   * @param most how many slices to read and write: what bounds the time it takes
   * @returns how many of them it did not need; under 0 when its last part was larger
   */
  step(most: number): number {
    const inputs = this.#flushes.length + this.#cells.length
    let left = most
    while (left > 0 && !this.#done) {
      if (this.#next === inputs) left -= this.#commit()
      else {
        const slices = this.#read(this.#next++)
        this.#sum.add(slices)
        left -= Math.max(slices.length, 1)
      }
    }
    return left
  }

  /** The slices of an input; none when somebody else folded it meanwhile, which `#commit` finds out. */
  #read(input: number): readonly PackedSlice[] {
    const flush = this.#flushes[input]
    if (flush === undefined) {
      const cell = this.#cells[input - this.#flushes.length]!
      return readCell(this.#db, cell.id, this.#onBad)()
    }
    const row = this.#db.first<{ slices: Uint8Array }>('SELECT slices FROM flushes WHERE id = ?', flush.id)
    return row === undefined ? [] : flushSlices(row.slices, this.#onBad)
  }

  /** What it cost, in slices. */
  #commit(): number {
    this.#done = true
    const slices = this.#sum.slices()
    this.#db.write(() => {
      if (!this.#stillThere()) return
      deleteFlushes(this.#db, this.#flushes)
      for (const { id } of this.#cells) deleteCell(this.#db, id)
      const rows = [...this.#flushes, ...this.#cells]
      insertCell(this.#db, this.#names, {
        ...this.#spot,
        fromMs: Math.min(...rows.map((row) => row.from_ms)),
        toMs: Math.max(...rows.map((row) => row.to_ms)),
        slices,
      })
    })
    return COMMIT_SLICES + slices.length
  }

  #stillThere(): boolean {
    if (this.#flushes.length + this.#cells.length === 0) return false
    const present = (table: string, rows: readonly { readonly id: number }[]): boolean => {
      const ids = JSON.stringify(rows.map((row) => row.id))
      const sql = `SELECT count(*) AS n FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`
      return this.#db.first<{ n: number }>(sql, ids)?.n === rows.length
    }
    return present('flushes', this.#flushes) && present('cells', this.#cells)
  }
}

function flushesIn(db: Database, { service, tierMs, slot }: CellSpot, nowMs: number): readonly FlushRow[] {
  return db.all<FlushRow>(
    `SELECT id, service, instance, flush, from_ms, to_ms FROM flushes
     WHERE to_ms > ?1 AND to_ms <= ?2 AND service = ?3 AND ${RESTED(5)} LIMIT ?4`,
    slot * tierMs,
    (slot + 1) * tierMs,
    service,
    MOST_FLUSHES,
    ...restOf(nowMs),
  )
}
