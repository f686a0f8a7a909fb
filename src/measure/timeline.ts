import { WINDOW_NAMES, WINDOWS, type WindowName } from './window.ts'

interface Slot {
  readonly slot: number
  /** The reading before the first one that fell into this slot. */
  readonly fromMs: number
}

/** A slot of each window. */
export type Slots = readonly (readonly [name: WindowName, slot: number])[]

/**
 * Which slot a reading belongs to, for every window, and the exact span that a window's answer covers. A reading
 * belongs to the slot in which it ends. Slots never go backwards: when the clock is set back, readings count into
 * the newest slot until time has caught up.
 */
export class Timeline {
  readonly #slots: Record<WindowName, Slot[]> = { '1min': [], '5min': [], '1hour': [], '1day': [] }
  #lastMs: number

  /** @param startMs when recording began: the first reading covers from here */
  constructor(startMs: number) {
    this.#lastMs = startMs
  }

  get lastMs(): number {
    return this.#lastMs
  }

  /** Notes a reading taken at `atMs`, of what came since the last one. */
  read(atMs: number): void {
    for (const name of WINDOW_NAMES) this.#note(name, slotAt(name, atMs), this.#lastMs)
    this.#lastMs = atMs
  }

  /**
   * Notes a span that was read from a store, older than any reading. Every window takes it that it has not left yet,
   * however long it is: left out, it would be missing from the middle of what the window says it covers.
   *
   * @returns the slots that take it
   */
  restore(fromMs: number, toMs: number): Slots {
    const oldest = (name: WindowName): number => slotAt(name, this.#lastMs) - WINDOWS[name].slots + 1
    const taken = WINDOW_NAMES.filter((name) => endSlot(name, toMs) >= oldest(name))
    for (const name of taken) this.#note(name, endSlot(name, toMs), fromMs)
    return taken.map((name) => [name, this.slot(name)])
  }

  /** The newest slot of every window. */
  newest(): Slots {
    return WINDOW_NAMES.map((name) => [name, this.slot(name)])
  }

  /**
   * The slots to which a flush belongs that another instance ended at `toMs`. The newest ones, where its clock is ahead
   * of ours; windows pass over slots that they have left.
   */
  slotsOf(toMs: number): Slots {
    return WINDOW_NAMES.map((name) => [name, Math.min(endSlot(name, toMs), this.slot(name))])
  }

  /** The newest slot of a window. */
  slot(name: WindowName): number {
    return this.#slots[name].at(-1)?.slot ?? slotAt(name, this.#lastMs)
  }

  /** The span for which a window's counts are exact: after `fromMs`, up to and including `toMs`. */
  span(name: WindowName): { readonly fromMs: number; readonly toMs: number } {
    return { fromMs: this.#slots[name][0]?.fromMs ?? this.#lastMs, toMs: this.#lastMs }
  }

  #note(name: WindowName, wanted: number, fromMs: number): void {
    const slots = this.#slots[name]
    const newest = slots.at(-1)?.slot
    const slot = newest === undefined ? wanted : Math.max(wanted, newest)
    if (newest !== slot) slots.push({ slot, fromMs })
    const oldest = slot - WINDOWS[name].slots + 1
    while (slots[0]!.slot < oldest) slots.shift()
  }
}

/** The slot in which a stored span ends; a minute's sum ends where the next minute begins, which is not in it. */
function endSlot(name: WindowName, toMs: number): number {
  return Math.ceil(toMs / WINDOWS[name].slotMs) - 1
}

/** The slot in which an instant lies. */
export function slotAt(name: WindowName, atMs: number): number {
  return Math.floor(atMs / WINDOWS[name].slotMs)
}
