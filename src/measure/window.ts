import { ClosedSlots } from './closed-slots.ts'
import { Counts } from './counts.ts'
import { Slabs } from './slabs.ts'
import type { SlotTotals, SpanTotals } from './slot-totals.ts'

/** The sliding windows, each made of slots of one width. */
export const WINDOWS = {
  '1min': { slots: 60, slotMs: 1_000 },
  '5min': { slots: 60, slotMs: 5_000 },
  '1hour': { slots: 60, slotMs: 60_000 },
  '1day': { slots: 96, slotMs: 900_000 },
} as const

export type WindowName = keyof typeof WINDOWS
export const WINDOW_NAMES: readonly WindowName[] = Object.keys(WINDOWS) as WindowName[]

/** What a window holds now: the sum, and its slots that saw anything (oldest first). */
export interface WindowView {
  readonly counts: Counts
  /** Read from packed bytes when asked for: once is enough. */
  readonly slots: readonly SlotTotals[]
  /** What the slots from `oldest` on counted together, of good operations those under `limitMs`: cheap to ask again. */
  readonly since: (oldest: number, limitMs: number) => Readonly<SpanTotals>
}

/**
 * One series over one window: a running sum of its slots. A slot is a number on the engine's timeline, not a place
 * in a ring, so a gap of any length needs no catching up. Closed slots are packed (about two bytes a bucket).
 */
export class Window {
  readonly #slots: number
  readonly #closed: ClosedSlots
  #sum = new Counts()
  #open = new Counts()
  #openSlot = -1

  /** @param slabs where closed slots are kept, shared by the same window of many series. Default: its own */
  constructor(name: WindowName, slabs: Slabs = new Slabs()) {
    this.#slots = WINDOWS[name].slots
    this.#closed = new ClosedSlots(this.#slots, slabs)
  }

  /**
   * Adds what was counted in a slot. A slot before the open one is amended: another process told of it late. One that
   * the window has left is passed over.
   */
  add(counts: Counts, slot: number): void {
    if (slot <= this.#openSlot - this.#slots) return
    if (slot > this.#openSlot) this.#turn(slot)
    if (slot === this.#openSlot) this.#open.add(counts)
    else this.#closed.amend(slot, counts)
    this.#sum.add(counts)
  }

  /** Drops the slots that `slot`, the timeline's newest, has pushed out of the window. */
  expire(slot: number): void {
    const oldest = slot - this.#slots + 1
    if (this.#openSlot !== -1 && this.#openSlot < oldest) {
      this.#sum = new Counts()
      this.#closed.clear()
      this.#open = new Counts()
      this.#openSlot = -1
      return
    }
    this.#closed.drop(oldest, this.#sum)
  }

  get empty(): boolean {
    return this.#openSlot === -1
  }

  /** The window's sum and slots as of the last `expire`. The caller must not change them. */
  view(): WindowView {
    const counts = this.#sum
    counts.minMs = this.#open.minMs
    counts.maxMs = this.#open.maxMs
    this.#closed.extend(counts)
    const [closed, open, openSlot] = [this.#closed, this.#open, this.#openSlot]
    return {
      counts,
      get slots() {
        return openSlot === -1 ? [] : [...closed.totals(), totals(openSlot, open)]
      },
      since: (oldest, limitMs) => {
        const before = closed.since(oldest, limitMs)
        return openSlot < oldest ? before : joined(before, ofOpen(open, limitMs))
      },
    }
  }

  #turn(slot: number): void {
    const closing = this.#openSlot
    this.#openSlot = slot
    if (closing === -1) return
    try {
      this.#closed.push(closing, this.#open)
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

const NOTHING: Readonly<SpanTotals> = { ok: 0, failed: 0, hits: 0, misses: 0, good: 0, covered: 0 }

function ofOpen(
  { ok, failed, hits, misses, goods }: Pick<Counts, 'ok' | 'failed' | 'hits' | 'misses' | 'goods'>,
  limitMs: number,
): SpanTotals {
  const known = goods.find((entry) => entry.limitMs === limitMs)
  const covered = Math.min(known?.covered ?? 0, ok)
  return { ok, failed, hits, misses, good: known?.good ?? 0, covered }
}

function joined(one: Readonly<SpanTotals>, other: Readonly<SpanTotals>): SpanTotals {
  return {
    ok: one.ok + other.ok,
    failed: one.failed + other.failed,
    hits: one.hits + other.hits,
    misses: one.misses + other.misses,
    good: one.good + other.good,
    covered: one.covered + other.covered,
  }
}

/** Joins the views of several series that one target covers. Only for asking: it copies. */
export function mergeViews(views: readonly WindowView[]): WindowView {
  if (views.length === 1) return views[0]!
  const counts = new Counts()
  for (const view of views) counts.add(view.counts)
  return {
    counts,
    get slots() {
      return mergeSlots(views)
    },
    since: (oldest, limitMs) => views.map((view) => view.since(oldest, limitMs)).reduce(joined, NOTHING),
  }
}

function mergeSlots(views: readonly WindowView[]): readonly SlotTotals[] {
  const bySlot = new Map<number, Counts>()
  for (const view of views) {
    for (const slot of view.slots) {
      const joined = bySlot.get(slot.slot) ?? new Counts()
      joined.add(totalsOnly(slot))
      bySlot.set(slot.slot, joined)
    }
  }
  return [...bySlot].sort(([a], [b]) => a - b).map(([slot, joined]) => totals(slot, joined))
}

function totalsOnly(slot: SlotTotals): Counts {
  const counts = new Counts()
  const { ok, failed, hits, misses, minMs, maxMs } = slot
  return Object.assign(counts, { ok, failed, hits, misses, minMs, maxMs, goods: [...slot.goods] })
}
