import type { Span, Taken } from '../../engine/store.ts'
import { packCounts } from '../../measure/pack.ts'
import type { SliceSum } from '../../measure/slice-sum.ts'
import { flushSlices } from '../opening.ts'
import type { Row } from '../rows.ts'
import { type OnBad, storedSum } from '../sum.ts'
import { slotOf, TIERS_MS } from '../tiers.ts'
import { cellsIn } from './cells.ts'
import type { Transaction } from './database.ts'
import { Spanned } from './spanned.ts'

const WIDTH_MS = TIERS_MS.at(-1)!
const FINEST_MS = TIERS_MS[0]!
/** How much is in memory at a time: 500 flushes of 100 series are about 4 MB, four quarter hours of 5 s 7 MB. */
const PAGE_ROWS = 500
const PAGE_QUARTERS = 4

export interface RowQuery {
  /** As written. */
  readonly service: string
  readonly span: Span
  /** As written: leaves out what is new to who has taken so much. */
  readonly taken?: Taken | undefined
  readonly onBad: OnBad
}

/** Emptying a lane waits for those who hold this; taken before the snapshot, it is never older than what was emptied. */
export const LOCK_FLUSHES = 'LOCK TABLE flushes IN ACCESS SHARE MODE'

/**
 * The stored rows of a service, some slots of the coarsest tier at a time, oldest first. In one REPEATABLE READ
 * transaction that has the lock: all is read as of one instant, whatever is folded meanwhile.
 */
export async function* chunksOf(tx: Transaction, query: RowQuery): AsyncGenerator<readonly Row[]> {
  const fresh = Map.groupBy(await freshRows(tx, query), (row) => slotOf(row.toMs, WIDTH_MS))
  const quarters = new Set([...fresh.keys(), ...(await foldedQuarters(tx, query))])
  const sorted = [...quarters].sort((a, b) => a - b)
  for (let at = 0; at < sorted.length; at += PAGE_QUARTERS) {
    const page = sorted.slice(at, at + PAGE_QUARTERS)
    const slots = page.flatMap((quarter) =>
      TIERS_MS.slice(1).map((tierMs) => {
        const slot = (quarter * WIDTH_MS) / tierMs
        return { service: query.service, tierMs, slot, endSlot: slot + WIDTH_MS / tierMs }
      }),
    )
    const folded = await cellsIn(tx, slots, query)
    const rows = folded.map(({ tierMs, from_ms, to_ms, slices }): Row => {
      return { tierMs, fromMs: from_ms, toMs: to_ms, slices }
    })
    const chunks = Map.groupBy(rows, (row) => slotOf(row.toMs, WIDTH_MS))
    for (const quarter of page) yield [...(fresh.get(quarter) ?? []), ...(chunks.get(quarter) ?? [])]
  }
}

/**
 * What is not folded yet, added up by slots of the finest tier: of a thousand instances there may be gigabytes in the
 * last two minutes.
 */
async function freshRows(
  tx: Transaction,
  { service, span, taken, onBad }: RowQuery,
): Promise<readonly Row[]> {
  const sums = new Map<number, { readonly sum: SliceSum; readonly spanned: Spanned }>()
  await tx.rows(
    `DECLARE fresh NO SCROLL CURSOR FOR
     SELECT f.from_ms, f.to_ms, f.slices FROM flushes f
     LEFT JOIN unnest($4::text[], $5::bigint[]) AS k(instance, flush) ON k.instance = f.instance
     WHERE f.service = $1 AND f.to_ms > $2 AND f.to_ms <= $3
       AND CASE WHEN k.flush IS NULL THEN f.in_ms < $6 ELSE f.flush <= k.flush END`,
    [
      service,
      span.fromMs,
      span.toMs,
      [...(taken?.known.keys() ?? [])],
      [...(taken?.known.values() ?? [])],
      taken?.sinceMs ?? Number.POSITIVE_INFINITY,
    ],
  )
  for (;;) {
    const page = await tx.rows<{ from_ms: number; to_ms: number; slices: Uint8Array }>(
      `FETCH ${PAGE_ROWS} FROM fresh`,
    )
    for (const row of page) {
      const slot = slotOf(row.to_ms, FINEST_MS)
      if (slot * FINEST_MS < span.fromMs) continue
      const { sum, spanned } = sums.get(slot) ?? { sum: storedSum(onBad), spanned: new Spanned() }
      sums.set(slot, { sum, spanned })
      spanned.note(row)
      sum.add(flushSlices(row.slices, onBad))
    }
    if (page.length < PAGE_ROWS) break
  }
  return [...sums.values()].map(({ sum, spanned: { fromMs, toMs } }) => {
    const packed = () =>
      sum.slices().map(({ component, name, nested, counts }) => {
        return { component, name, nested, packed: packCounts(counts) }
      })
    return { tierMs: FINEST_MS, fromMs, toMs, slices: packed }
  })
}

async function foldedQuarters(tx: Transaction, { service, span }: RowQuery): Promise<readonly number[]> {
  const rows = await tx.rows<{ quarter: number }>(
    `SELECT DISTINCT floor(slot::double precision * tier_ms / ${WIDTH_MS}) AS quarter FROM cells
     WHERE service = $1 AND slot::double precision * tier_ms >= $2 AND to_ms <= $3`,
    [service, span.fromMs, span.toMs],
  )
  return rows.map(({ quarter }) => quarter)
}
