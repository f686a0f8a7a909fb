import { Counts } from './counts.ts'
import { addPacked, packCounts } from './pack.ts'

/** The sliding windows, each made of slots of one width. */
export const WINDOWS = {
  '1min': { slots: 60, slotMs: 1_000 },
  '5min': { slots: 60, slotMs: 5_000 },
  '1hour': { slots: 60, slotMs: 60_000 },
  '1day': { slots: 96, slotMs: 900_000 },
} as const

export type WindowName = keyof typeof WINDOWS
export const WINDOW_NAMES: readonly WindowName[] = Object.keys(WINDOWS) as WindowName[]

/** The plain counters of one slot, kept unpacked because every judgement reads them. */
export interface SlotTotals {
  readonly slot: number
  readonly ok: number
  readonly failed: number
  readonly hits: number
  readonly misses: number
  readonly minMs: number
  readonly maxMs: number
  readonly goods: readonly { readonly limitMs: number; readonly good: number; readonly covered: number }[]
}

/** What a window holds now: the sum, and its slots that saw anything (oldest first). */
export interface WindowView {
  readonly counts: Counts
  readonly slots: readonly SlotTotals[]
}

interface ClosedSlot extends SlotTotals {
  readonly packed: Uint8Array
}

/**
 * One series over one window: a running sum of its slots. A slot is a number on the engine's timeline, not a place
 * in a ring, so a gap of any length needs no catching up. Closed slots are packed (a few bytes a bucket).
 */
export class Window {
  readonly #slots: number
  #sum = new Counts()
  #closed: ClosedSlot[] = []
  #open: Counts = new Counts()
  #openSlot = -1

  constructor(name: WindowName) {
    this.#slots = WINDOWS[name].slots
  }

  /** Adds what was counted in a slot. Slots never go backwards; the timeline sees to that. */
  add(counts: Counts, slot: number): void {
    if (slot !== this.#openSlot) this.#turn(slot)
    this.#open.add(counts)
    this.#sum.add(counts)
  }

  /** Drops the slots that `slot`, the timeline's newest, has pushed out of the window. */
  expire(slot: number): void {
    const oldest = slot - this.#slots + 1
    if (this.#openSlot !== -1 && this.#openSlot < oldest) {
      this.#sum = new Counts()
      this.#closed = []
      this.#open = new Counts()
      this.#openSlot = -1
      return
    }
    let gone = 0
    while (gone < this.#closed.length && this.#closed[gone]!.slot < oldest) gone++
    if (gone === 0) return
    for (const closed of this.#closed.splice(0, gone)) addPacked(this.#sum, closed.packed, -1)
    this.#sum.forgetGone()
  }

  get empty(): boolean {
    return this.#openSlot === -1
  }

  /** The window's sum and slots as of the last `expire`. The caller must not change them. */
  view(): WindowView {
    const slots: SlotTotals[] =
      this.#openSlot === -1 ? [] : [...this.#closed, totals(this.#openSlot, this.#open)]
    const sum = this.#sum
    sum.minMs = Number.POSITIVE_INFINITY
    sum.maxMs = Number.NEGATIVE_INFINITY
    for (const slot of slots) {
      if (slot.minMs < sum.minMs) sum.minMs = slot.minMs
      if (slot.maxMs > sum.maxMs) sum.maxMs = slot.maxMs
    }
    return { counts: sum, slots }
  }

  #turn(slot: number): void {
    const closing = this.#openSlot
    this.#openSlot = slot
    if (closing === -1) return
    try {
      this.#closed.push({ ...totals(closing, this.#open), packed: packCounts(this.#open) })
    } finally {
      // Even where packing fails: a slot that stayed open would fail again at every turn.
      this.#open.reset()
    }
  }
}

function totals(slot: number, counts: Counts): SlotTotals {
  const { ok, failed, hits, misses, minMs, maxMs, goods } = counts
  return { slot, ok, failed, hits, misses, minMs, maxMs, goods }
}

/** Joins the views of several series that one target covers. Only for asking: it copies. */
export function mergeViews(views: readonly WindowView[]): WindowView {
  if (views.length === 1) return views[0]!
  const counts = new Counts()
  const bySlot = new Map<number, Counts>()
  for (const view of views) {
    counts.add(view.counts)
    for (const slot of view.slots) {
      const joined = bySlot.get(slot.slot) ?? new Counts()
      joined.add(totalsOnly(slot))
      bySlot.set(slot.slot, joined)
    }
  }
  const slots = [...bySlot].sort(([a], [b]) => a - b).map(([slot, joined]) => totals(slot, joined))
  return { counts, slots }
}

function totalsOnly(slot: SlotTotals): Counts {
  const counts = new Counts()
  const { ok, failed, hits, misses, minMs, maxMs } = slot
  return Object.assign(counts, { ok, failed, hits, misses, minMs, maxMs, goods: [...slot.goods] })
}
