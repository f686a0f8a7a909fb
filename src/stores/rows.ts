import type { Span, StoredSpan } from '../engine/store.ts'
import type { PackedSlice } from '../measure/slice.ts'
import { type OnBad, storedSum } from './sum.ts'
import { slotOf, TIERS_MS } from './tiers.ts'

/** One stored row, whichever instance and tier it is of. */
export interface Row {
  /** One of `TIERS_MS`. */
  readonly tierMs: number
  readonly fromMs: number
  readonly toMs: number
  /** Called once, when the row's turn comes. */
  readonly slices: () => readonly PackedSlice[]
}

/**
 * Rows of several instances and tiers as spans, oldest first, without overlap: rows of one slot are added up, and
 * where a slot was folded already, finer rows that came late join it. Each operation is in exactly one span.
 *
 * A row belongs to the slot in which it ended, and is given when that slot began at or after `span.fromMs` and the
 * row ended by `span.toMs`: spans asked for side by side share nothing, and lose nothing where they meet at a
 * slot's edge. So a span's first flush may reach back before `span.fromMs` (by less than a flush).
 *
 * @param chunks rows in any order, cut so that no slot of the coarsest tier lies in two chunks, oldest chunk first
 * @param afterMs where the span before these chunks ended. Default: there was none
 */
export function* spansOf(
  chunks: Iterable<readonly Row[]>,
  span: Span,
  onBad: OnBad,
  afterMs: number = Number.NEGATIVE_INFINITY,
): Generator<StoredSpan> {
  let endMs = afterMs
  for (const rows of chunks) {
    const asked = rows.filter((row) => row.toMs <= span.toMs && startOf(row) >= span.fromMs)
    for (const group of groups(asked, TIERS_MS.length - 1)) {
      const stored = joined(group, endMs, onBad)
      endMs = stored.toMs
      yield stored
    }
  }
}

function startOf(row: Row): number {
  return slotOf(row.toMs, row.tierMs) * row.tierMs
}

function* groups(rows: readonly Row[], tier: number): Generator<readonly Row[]> {
  const tierMs = TIERS_MS[tier]!
  const bySlot = new Map<number, Row[]>()
  for (const row of rows) {
    const slot = slotOf(row.toMs, tierMs)
    const members = bySlot.get(slot)
    if (members === undefined) bySlot.set(slot, [row])
    else members.push(row)
  }
  for (const [, members] of [...bySlot].sort(([a], [b]) => a - b)) {
    if (tier === 0 || members.some((row) => row.tierMs === tierMs)) yield members
    else yield* groups(members, tier - 1)
  }
}

function joined(rows: readonly Row[], afterMs: number, onBad: OnBad): StoredSpan {
  let fromMs = Number.POSITIVE_INFINITY
  let toMs = Number.NEGATIVE_INFINITY
  for (const row of rows) {
    fromMs = Math.min(fromMs, row.fromMs)
    toMs = Math.max(toMs, row.toMs)
  }
  // Two instances do not flush at the same instant: the part of a second by which neighbouring slots
  // overlap is given to the earlier one.
  fromMs = Math.min(Math.max(fromMs, afterMs), toMs)
  const sum = storedSum(onBad)
  for (const row of rows) sum.add(row.slices())
  return { fromMs, toMs, slices: sum.slices() }
}
