import { setImmediate } from 'node:timers/promises'
import type { SliceSum } from '../../measure/slice-sum.ts'
import { packSlices } from '../blob.ts'
import { flushSlices } from '../opening.ts'
import { type OnBad, storedSum } from '../sum.ts'
import { slotOf, TIERS_MS } from '../tiers.ts'
import type { Database, Transaction } from './database.ts'
import { holdsLease } from './lease-row.ts'
import { Spanned } from './spanned.ts'

const TIER_MS = TIERS_MS[1]!
/** About 2 MB at 100 series. */
const PAGE_ROWS = 250
/** Who reads all flushes keeps us from emptying a lane. Those who come after us wait as long, so not for long. */
const LOCK_MS = 500

interface FlushRow {
  readonly service: string
  readonly instance: string
  readonly flush: string
  readonly from_ms: number
  readonly to_ms: number
  readonly slices: Uint8Array
}

interface CellRow {
  readonly service: string
  readonly slot: string
  readonly from_ms: number
  readonly to_ms: number
  readonly slices: Uint8Array
}

interface Part {
  readonly service: string
  readonly slot: number
  readonly spanned: Spanned
  readonly sum: SliceSum
}

export interface FoldOptions {
  readonly lease: { readonly name: string; readonly holder: string; readonly token: bigint }
  readonly onBad: OnBad
}

/**
 * Turns a lane's flushes into sums of five seconds: reads them page by page, then, in one transaction, adds the sums
 * to the cells and empties the lane, so that every reader finds each operation once. If the lane does not hold
 * exactly what was read by then (a straggler, a trim), nothing is changed and the fold begins again.
 */
export class LaneFold {
  readonly #db: Database
  readonly #lane: number
  readonly #options: FoldOptions
  #parts = new Map<string, Part>()
  #last: FlushRow | undefined
  #count = 0
  #numbers = 0n
  #read = false

  constructor(db: Database, lane: number, options: FoldOptions) {
    this.#db = db
    this.#lane = lane
    this.#options = options
  }

  /** Goes on with the work; `true` when there is none left. */
  async step(): Promise<boolean> {
    if (this.#read) return this.#commit()
    const page = await this.#db.transaction('fold in', (tx) => this.#page(tx))
    for (const [index, row] of page.entries()) {
      this.#add(row)
      // Twenty flushes of 100 series are a few ms of work; whoever asks the engine meanwhile gets an answer.
      if (index % 20 === 19) await setImmediate()
    }
    this.#last = page.at(-1) ?? this.#last
    this.#read = page.length < PAGE_ROWS
    return this.#read && this.#count === 0
  }

  #page(tx: Transaction): Promise<readonly FlushRow[]> {
    return tx.rows<FlushRow>(
      `SELECT service, instance, flush::text, from_ms, to_ms, slices FROM flushes
       WHERE lane = $1 AND (service, instance, flush) > ($2, $3, $4::bigint)
       ORDER BY service, instance, flush LIMIT ${PAGE_ROWS}`,
      [
        this.#lane,
        this.#last?.service ?? '',
        this.#last?.instance ?? '',
        this.#last?.flush ?? '-9223372036854775808',
      ],
    )
  }

  #add(row: FlushRow): void {
    const { onBad } = this.#options
    const slot = slotOf(row.to_ms, TIER_MS)
    const key = `${slot}/${row.service}`
    let part = this.#parts.get(key)
    if (part === undefined) {
      part = { service: row.service, slot, spanned: new Spanned(), sum: storedSum(onBad) }
      this.#parts.set(key, part)
    }
    part.spanned.note(row)
    part.sum.add(flushSlices(row.slices, onBad))
    this.#count++
    this.#numbers += BigInt(row.flush)
  }

  async #commit(): Promise<boolean> {
    const parts = [...this.#parts.values()]
    // Afresh, should it not come to an end here: the sums are added to in place.
    const again = (): void => {
      this.#parts = new Map()
      this.#last = undefined
      this.#count = 0
      this.#numbers = 0n
      this.#read = false
    }
    return this.#db.transaction(
      'fold in',
      async (tx) => {
        await tx.rows(`LOCK TABLE ONLY flushes_${this.#lane} IN ACCESS EXCLUSIVE MODE`)
        if (!(await holdsLease(tx, this.#options.lease))) return true
        const [found] = await tx.rows<{ count: string; numbers: string }>(
          `SELECT count(*)::text AS count, coalesce(sum(flush), 0)::text AS numbers FROM ONLY flushes_${this.#lane}`,
        )
        if (Number(found!.count) !== this.#count || BigInt(found!.numbers) !== this.#numbers) {
          again()
          return false
        }
        again()
        await this.#join(tx, parts)
        await tx.rows(`TRUNCATE ONLY flushes_${this.#lane}`)
        return true
      },
      { lockMs: LOCK_MS },
    )
  }

  async #join(tx: Transaction, parts: readonly Part[]): Promise<void> {
    const byKey = new Map(parts.map((part) => [`${part.slot}/${part.service}`, part]))
    const before = await tx.rows<CellRow>(
      `SELECT c.service, c.slot::text, c.from_ms, c.to_ms, c.slices
       FROM unnest($1::text[], $2::bigint[]) AS p(service, slot)
       JOIN cells c ON c.service = p.service AND c.slot = p.slot AND c.tier_ms = ${TIER_MS} FOR UPDATE OF c`,
      [parts.map(({ service }) => service), parts.map(({ slot }) => slot)],
    )
    for (const cell of before) {
      const part = byKey.get(`${cell.slot}/${cell.service}`)!
      part.spanned.note(cell)
      part.sum.add(flushSlices(cell.slices, this.#options.onBad))
    }
    await tx.run(
      `INSERT INTO cells (service, tier_ms, slot, from_ms, to_ms, slices)
       SELECT p.service, ${TIER_MS}, p.slot, p.from_ms, p.to_ms, p.slices
       FROM unnest($1::text[], $2::bigint[], $3::double precision[], $4::double precision[], $5::bytea[])
         AS p(service, slot, from_ms, to_ms, slices)
       ON CONFLICT (service, tier_ms, slot) DO UPDATE SET
         from_ms = excluded.from_ms, to_ms = excluded.to_ms, slices = excluded.slices`,
      [
        parts.map(({ service }) => service),
        parts.map(({ slot }) => slot),
        parts.map(({ spanned }) => spanned.fromMs),
        parts.map(({ spanned }) => spanned.toMs),
        parts.map(({ sum }) => packSlices(sum.slices())),
      ],
    )
  }
}
