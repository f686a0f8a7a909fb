import type { ByteReader } from './bytes.ts'
import { Counts } from './counts.ts'
import { addPacked, addTotals, packedView, totalsIn } from './pack.ts'
import type { Slabs } from './slabs.ts'
import { addCounted, nothingSpent, type SlotTotals, type SpanTotals } from './slot-totals.ts'

/** What is kept of each slot beside its bytes, as columns of one array. */
const SLOT = 0
const MIN = 1
const MAX = 2
const PLACE = 3
const LENGTH = 4
const COLUMNS = 5

const FEWEST_ROWS = 4
/** Spans of one window that are kept up. */
const MOST_ASKED = 8

/** What the slots from `oldest` on counted together. */
interface Asked {
  readonly limitMs: number
  oldest: number
  readonly totals: SpanTotals
}

const NONE: readonly Asked[] = []

/**
 * The closed slots of a window, oldest first, their counts packed. A day of 200 series is 54 000 of them; as objects of
 * their own they took three times the memory and kept the collector busy.
 */
export class ClosedSlots {
  readonly #most: number
  readonly #slabs: Slabs
  #rows = new Float64Array(0)
  #length = 0
  /**
   * Spans that were asked for, kept up as slots come and go: burn rates ask for the same few every second, and to read
   * them anew from the bytes whenever a slot had closed took most of such a second.
   */
  #asked: readonly Asked[] = NONE

  /**
   * @param most how many there usually are at most
   * @param slabs where the counts are kept
   */
  constructor(most: number, slabs: Slabs) {
    this.#most = most
    this.#slabs = slabs
  }

  get length(): number {
    return this.#length
  }

  /** Adds a slot that is newer than all others. */
  push(slot: number, counts: Counts): void {
    this.#insert(this.#length, slot, counts)
  }

  /** Adds what was counted in a slot that is closed, or was passed over: another process told of it late. */
  amend(slot: number, counts: Counts): void {
    let row = this.#length
    while (row > 0 && this.#at(row - 1, SLOT) > slot) row--
    if (row === 0 || this.#at(row - 1, SLOT) !== slot) {
      this.#insert(row, slot, counts)
      return
    }
    const sum = new Counts()
    addPacked(sum, this.#read(row - 1), 1)
    sum.add(counts)
    const packed = packedView(sum)
    for (const { oldest, limitMs, totals } of this.#asked) {
      if (slot >= oldest) addTotals(totals, this.#read(row - 1), limitMs, -1)
    }
    this.#release(row - 1)
    this.#put(row - 1, sum, packed)
  }

  /**
   * Drops the slots before `oldest` and takes what they counted away from `sum`.
   *
   * @returns whether an extreme of the sum went with them
   */
  drop(oldest: number, sum: Counts): boolean {
    if (this.#length === 0 || this.#at(0, SLOT) >= oldest) return false
    for (const asked of this.#asked) this.#shorten(asked, oldest)
    let gone = 0
    let extreme = false
    while (gone < this.#length && this.#at(gone, SLOT) < oldest) {
      addPacked(sum, this.#read(gone), -1)
      extreme ||= this.#at(gone, MIN) <= sum.minMs || this.#at(gone, MAX) >= sum.maxMs
      this.#release(gone)
      gone++
    }
    this.#rows.copyWithin(0, gone * COLUMNS, this.#length * COLUMNS)
    this.#length -= gone
    sum.forgetGone()
    return extreme
  }

  /** Takes copies of the slots of another; it must have none of its own. */
  take(other: ClosedSlots): void {
    this.#rows = other.#rows.slice()
    this.#length = other.#length
    for (let row = 0; row < this.#length; row++) {
      this.#rows[row * COLUMNS + PLACE] = this.#slabs.put(other.#packed(row))
    }
  }

  /** Lets go of everything. */
  clear(): void {
    for (let row = 0; row < this.#length; row++) this.#release(row)
    this.#rows = new Float64Array(0)
    this.#asked = NONE
    this.#length = 0
  }

  /** Widens the extremes of `counts` to those of every slot. */
  extend(counts: Counts): void {
    for (let row = 0; row < this.#length; row++) counts.extend(this.#at(row, MIN), this.#at(row, MAX))
  }

  /** The plain counters of every slot: read from the bytes, so only for those who need them. */
  totals(): SlotTotals[] {
    return Array.from({ length: this.#length }, (_, row) => ({
      slot: this.#at(row, SLOT),
      ...totalsIn(this.#read(row)),
      minMs: this.#at(row, MIN),
      maxMs: this.#at(row, MAX),
    }))
  }

  /** The plain counters of the slots from `oldest` on, of good ones those under `limitMs`: good until slots change. */
  since(oldest: number, limitMs: number): Readonly<SpanTotals> {
    // The same span was asked for before, when it began earlier: of those that did, it is the latest.
    let asked: Asked | undefined
    for (const each of this.#asked) {
      if (each.oldest > oldest || !Object.is(each.limitMs, limitMs)) continue
      if (asked === undefined || each.oldest > asked.oldest) asked = each
    }
    if (asked === undefined) return this.#ask(oldest, limitMs)
    this.#shorten(asked, oldest)
    return asked.totals
  }

  #ask(oldest: number, limitMs: number): Readonly<SpanTotals> {
    const totals = nothingSpent()
    for (let row = this.#length - 1; row >= 0 && this.#at(row, SLOT) >= oldest; row--) {
      addTotals(totals, this.#read(row), limitMs, 1)
    }
    const others = this.#asked.length < MOST_ASKED ? this.#asked : NONE
    this.#asked = [...others, { limitMs, oldest, totals }]
    return totals
  }

  /** Takes the slots before `oldest` out of a span. */
  #shorten(asked: Asked, oldest: number): void {
    if (asked.oldest >= oldest) return
    for (let row = 0; row < this.#length && this.#at(row, SLOT) < oldest; row++) {
      if (this.#at(row, SLOT) < asked.oldest) continue
      addTotals(asked.totals, this.#read(row), asked.limitMs, -1)
    }
    asked.oldest = oldest
  }

  #at(row: number, column: number): number {
    return this.#rows[row * COLUMNS + column]!
  }

  #packed(row: number): Uint8Array {
    return this.#slabs.at(this.#at(row, PLACE), this.#at(row, LENGTH))
  }

  #read(row: number): ByteReader {
    return this.#slabs.read(this.#at(row, PLACE), this.#at(row, LENGTH))
  }

  #release(row: number): void {
    this.#slabs.release(this.#at(row, PLACE), this.#at(row, LENGTH))
  }

  #insert(row: number, slot: number, counts: Counts): void {
    // Packed first: counts that cannot be packed leave no slot behind.
    const packed = packedView(counts)
    if (this.#rows.length === this.#length * COLUMNS) this.#makeRoom()
    this.#rows.copyWithin((row + 1) * COLUMNS, row * COLUMNS, this.#length * COLUMNS)
    this.#length++
    this.#rows[row * COLUMNS + SLOT] = slot
    this.#put(row, counts, packed)
  }

  #put(row: number, counts: Counts, packed: Uint8Array): void {
    const at = row * COLUMNS
    this.#rows[at + MIN] = counts.minMs
    this.#rows[at + MAX] = counts.maxMs
    this.#rows[at + PLACE] = this.#slabs.put(packed)
    this.#rows[at + LENGTH] = packed.length
    for (const { oldest, limitMs, totals } of this.#asked) {
      if (this.#at(row, SLOT) >= oldest) addCounted(totals, counts, limitMs)
    }
  }

  #makeRoom(): void {
    const doubled = Math.max(this.#length * 2, FEWEST_ROWS)
    const rows = this.#length < this.#most ? Math.min(doubled, this.#most) : doubled
    const grown = new Float64Array(rows * COLUMNS)
    grown.set(this.#rows)
    this.#rows = grown
  }
}
