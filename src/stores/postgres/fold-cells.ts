import { storedSum } from '../sum.ts'
import { TIERS_MS } from '../tiers.ts'
import { cellsIn, deleteCells, insertCell, type Slots } from './cells.ts'
import type { Database, Transaction } from './database.ts'
import type { FoldOptions } from './fold-lane.ts'
import { holdsLease } from './lease-row.ts'
import { Spanned } from './spanned.ts'

/** A cell to be made of those of the tier below. */
export interface DueCell {
  /** As written. */
  readonly service: string
  readonly tierMs: number
  readonly slot: number
}

/**
 * What was kept long enough to be folded: the oldest slot of the first tier that has one. What lies as far in the
 * future counts too: it was saved while a clock was wrong, and would else stay unfolded until that time comes.
 */
export async function dueCell(
  tx: Transaction,
  nowMs: number,
  keep: readonly number[],
): Promise<DueCell | undefined> {
  for (let tier = 2; tier < TIERS_MS.length; tier++) {
    const [tierMs, sourceMs, keepMs] = [TIERS_MS[tier]!, TIERS_MS[tier - 1]!, keep[tier - 1]!]
    const pastMs = Math.floor((nowMs - keepMs) / tierMs) * tierMs
    const futureMs = Math.ceil((nowMs + keepMs) / tierMs) * tierMs
    const [row] = await tx.rows<{ service: string; slot: string }>(
      `(SELECT service, slot::text FROM cells WHERE tier_ms = $1 AND slot < $2 ORDER BY slot LIMIT 1)
       UNION ALL
       (SELECT service, slot::text FROM cells WHERE tier_ms = $1 AND slot >= $3 ORDER BY slot DESC LIMIT 1)`,
      [sourceMs, pastMs / sourceMs, futureMs / sourceMs],
    )
    if (row === undefined) continue
    return { service: row.service, tierMs, slot: Math.floor((Number(row.slot) * sourceMs) / tierMs) }
  }
  return undefined
}

/**
 * Turns the cells of one slot into one of the next tier, in one transaction; what that holds already (its slot was
 * folded before, and something came late) is added to.
 */
export async function foldCell(db: Database, due: DueCell, { lease, onBad }: FoldOptions): Promise<void> {
  const { service, tierMs, slot } = due
  const sourceMs = TIERS_MS[TIERS_MS.indexOf(tierMs) - 1]!
  const first = (slot * tierMs) / sourceMs
  const sources: Slots = { service, tierMs: sourceMs, slot: first, endSlot: first + tierMs / sourceMs }
  const target: Slots = { service, tierMs, slot, endSlot: slot + 1 }
  await db.transaction('fold in', async (tx) => {
    if (!(await holdsLease(tx, lease))) return
    const spanned = new Spanned()
    const sum = storedSum(onBad)
    const cells = await cellsIn(tx, [sources, target], { onBad, lock: true })
    if (cells.length === 0) return
    for (const cell of cells) {
      spanned.note(cell)
      sum.add(cell.slices())
    }
    await deleteCells(tx, sources)
    await deleteCells(tx, target)
    await insertCell(tx, { service, tierMs, slot, fromMs: spanned.fromMs, toMs: spanned.toMs, sum })
  })
}
