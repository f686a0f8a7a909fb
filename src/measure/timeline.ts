import { WINDOW_NAMES, WINDOWS, type WindowName } from './window.ts'

interface Slot {
  readonly slot: number
  /** The reading before the first one that fell into this slot. */
  readonly fromMs: number
}

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

  /**
   * Notes a reading taken at `atMs` of what came since `fromMs` (default: since the last reading), for all
   * windows or for those named (a stored minute has no place in a window of seconds).
   */
  read(atMs: number, fromMs: number = this.#lastMs, names: readonly WindowName[] = WINDOW_NAMES): void {
    for (const name of names) {
      const slots = this.#slots[name]
      const slot = Math.max(slotAt(name, atMs), slots.at(-1)?.slot ?? 0)
      if (slots.at(-1)?.slot !== slot) slots.push({ slot, fromMs })
      const oldest = slot - WINDOWS[name].slots + 1
      while (slots[0]!.slot < oldest) slots.shift()
    }
    this.#lastMs = atMs
  }

  /** The newest slot of a window. */
  slot(name: WindowName): number {
    return this.#slots[name].at(-1)?.slot ?? slotAt(name, this.#lastMs)
  }

  /** The span for which a window's counts are exact: after `fromMs`, up to and including `toMs`. */
  span(name: WindowName): { readonly fromMs: number; readonly toMs: number } {
    return { fromMs: this.#slots[name][0]?.fromMs ?? this.#lastMs, toMs: this.#lastMs }
  }
}

/** The slot in which an instant lies. */
export function slotAt(name: WindowName, atMs: number): number {
  return Math.floor(atMs / WINDOWS[name].slotMs)
}
