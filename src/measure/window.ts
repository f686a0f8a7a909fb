import { ClosedSlots } from './closed-slots.ts'
import { Counts } from './counts.ts'
import { Slabs } from './slabs.ts'
import { addCounted, nothingSpent, type SlotTotals, type SpanTotals } from './slot-totals.ts'

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
 *
 * A window may take what it counts from a finer one, a whole slot of that at a time, once it has closed: an hour need
 * not be added to every second. What it holds is exact at every moment all the same; a look adds the open ones up.
 *
 * Slots of all series close in the same second, and to pack them and pass them on takes longer than all else in it. So
 * a window from which others take keeps the slot that closed last as it was until `settle`, at the latest until the
 * next one closes: it counts as an open one.
 */
export class Window {
  readonly #slots: number
  readonly #slotMs: number
  readonly #closed: ClosedSlots
  readonly #finer: Window | undefined
  #coarser: Window | undefined
  #sum = new Counts()
  #open = new Counts()
  #openSlot = -1
  /** What closed last and is not settled. */
  #closing: Counts | undefined
  #closingSlot = -1
  /** Memory for the next slot. */
  #spare: Counts | undefined
  #view: WindowView | undefined
  /** Whether the sum's extremes are those of its slots. */
  #extremesKnown = true

  /**
   * @param slabs where closed slots are kept, shared by the same window of many series. Default: its own
   * @param finer the window whose slots this one takes; its slots' width divides this one's. Default: none
   */
  constructor(name: WindowName, slabs: Slabs = new Slabs(), finer?: Window) {
    this.#slots = WINDOWS[name].slots
    this.#slotMs = WINDOWS[name].slotMs
    this.#closed = new ClosedSlots(this.#slots, slabs)
    this.#finer = finer
    if (finer !== undefined) finer.#coarser = this
  }

  /**
   * Adds what was counted in a slot, to this window and the coarser ones that take from it. A slot before the open one
   * is amended: another process told of it late. One that the window has left is passed over.
   */
  add(counts: Counts, slot: number): void {
    if (slot <= this.#openSlot - this.#slots) {
      this.#pass(counts, slot)
      return
    }
    if (slot > this.#openSlot) this.#turn(slot)
    this.#sum.add(counts)
    if (slot === this.#openSlot) {
      this.#open.add(counts)
      return
    }
    if (slot === this.#closingSlot) {
      this.#closing!.add(counts)
      return
    }
    this.settle()
    this.#closed.amend(slot, counts)
    this.#pass(counts, slot)
  }

  /** Packs what closed last and passes it on; changes nothing of what the window holds. */
  settle(): void {
    const closing = this.#closing
    if (closing === undefined) return
    const slot = this.#closingSlot
    this.#closing = undefined
    this.#closingSlot = -1
    this.#spare = closing
    try {
      this.#closed.push(slot, closing)
    } finally {
      try {
        this.#pass(closing, slot)
      } finally {
        // Even where packing fails: a slot that stayed open would fail again at every turn.
        closing.reset()
      }
    }
  }

  /** Drops the slots that `slot`, the timeline's newest, has pushed out of the window. Finer windows come first. */
  expire(slot: number): void {
    const oldest = slot - this.#slots + 1
    if (this.#closingSlot < oldest) this.settle()
    if (this.#openSlot !== -1 && this.#openSlot < oldest) {
      this.#pass(this.#open, this.#openSlot)
      this.#sum = new Counts()
      this.#closed.clear()
      this.#open = new Counts()
      this.#spare = undefined
      this.#openSlot = -1
      this.#extremesKnown = true
      return
    }
    if (this.#closed.drop(oldest, this.#sum)) this.#extremesKnown = false
  }

  get empty(): boolean {
    return this.#openSlot === -1 && this.#untaken.length === 0
  }

  /** The window's sum and slots as of the last `expire`. The caller must not change them. */
  view(): WindowView {
    this.#view ??= this.#newView()
    return this.#view
  }

  /** The same again, in memory of its own, for windows that go on apart. */
  copy(name: WindowName, slabs: Slabs, finer?: Window): Window {
    this.settle()
    const copy = new Window(name, slabs, finer)
    copy.#closed.take(this.#closed)
    copy.#sum.add(this.#sum)
    copy.#open.add(this.#open)
    copy.#openSlot = this.#openSlot
    copy.#extremesKnown = this.#extremesKnown
    return copy
  }

  #newView(): WindowView {
    const window = this
    return {
      get counts() {
        return window.#counts
      },
      get slots() {
        return [
          ...window.#closed.totals(),
          ...sumsBySlot(window.#opens).map(([at, open]) => totals(at, open)),
        ]
      },
      since: (oldest, limitMs) => {
        const sum = { ...this.#closed.since(oldest, limitMs) }
        this.#addOpens(sum, oldest * this.#slotMs, limitMs)
        return sum
      },
    }
  }

  get #counts(): Counts {
    const sum = this.#sum
    if (!this.#extremesKnown) {
      sum.minMs = this.#open.minMs
      sum.maxMs = this.#open.maxMs
      if (this.#closing !== undefined) sum.extend(this.#closing.minMs, this.#closing.maxMs)
      this.#closed.extend(sum)
      this.#extremesKnown = true
    }
    const untaken = this.#untaken
    if (untaken.length === 0) return sum
    const whole = new Counts()
    whole.add(sum)
    for (const [, open] of untaken) whole.add(open)
    return whole
  }

  /** The slots that are still open: its own, and those it has yet to take, by its own numbers, oldest first. */
  get #opens(): readonly OpenSlot[] {
    return this.#unpassed.map(([startMs, open]): OpenSlot => [Math.floor(startMs / this.#slotMs), open])
  }

  /** Adds what is still open, here and in what it has yet to take, of slots that began at `fromMs` or later. */
  #addOpens(sum: SpanTotals, fromMs: number, limitMs: number): void {
    if (this.#closing !== undefined && this.#closingSlot * this.#slotMs >= fromMs) {
      addCounted(sum, this.#closing, limitMs)
    }
    if (this.#openSlot !== -1 && this.#openSlot * this.#slotMs >= fromMs) {
      addCounted(sum, this.#open, limitMs)
    }
    if (this.#finer !== undefined) this.#finer.#addOpens(sum, fromMs, limitMs)
  }

  /** What coarser windows have yet to take, by when the slot began, oldest first. */
  get #unpassed(): readonly OpenSlot[] {
    const unpassed: OpenSlot[] = []
    if (this.#closing !== undefined) unpassed.push([this.#closingSlot * this.#slotMs, this.#closing])
    if (this.#openSlot !== -1) unpassed.push([this.#openSlot * this.#slotMs, this.#open])
    unpassed.push(...this.#untaken)
    return unpassed
  }

  /** What it has yet to take itself. */
  get #untaken(): readonly OpenSlot[] {
    const finer = this.#finer
    return finer === undefined ? NONE : finer.#unpassed
  }

  #turn(slot: number): void {
    this.settle()
    const before = this.#openSlot
    this.#openSlot = slot
    if (before === -1) return
    this.#closing = this.#open
    this.#closingSlot = before
    this.#open = this.#spare ?? new Counts()
    this.#spare = undefined
    // One that takes from another, or of which nobody takes, has no reason to wait.
    if (this.#finer !== undefined || this.#coarser === undefined) this.settle()
  }

  #pass(counts: Counts, slot: number): void {
    const coarser = this.#coarser
    if (coarser !== undefined) coarser.add(counts, Math.floor((slot * this.#slotMs) / coarser.#slotMs))
  }
}

type OpenSlot = readonly [at: number, open: Counts]
const NONE: readonly OpenSlot[] = []

/** Oldest first, as they came; those of one slot as one. */
function sumsBySlot(opens: readonly OpenSlot[]): readonly OpenSlot[] {
  return [...Map.groupBy(opens, ([at]) => at)].map(([at, same]) => {
    if (same.length === 1) return same[0]!
    const sum = new Counts()
    for (const [, open] of same) sum.add(open)
    return [at, sum] as const
  })
}

function totals(slot: number, counts: Counts): SlotTotals {
  const { ok, failed, hits, misses, minMs, maxMs, goods } = counts
  return { slot, ok, failed, hits, misses, minMs, maxMs, goods }
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
    since: (oldest, limitMs) =>
      views.map((view) => view.since(oldest, limitMs)).reduce(joined, nothingSpent()),
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
