import type { Counts } from './counts.ts'
import type { Slabs } from './slabs.ts'
import { WINDOW_NAMES, Window, type WindowName } from './window.ts'

/** Where the closed slots of many series are kept, by window. */
export type WindowSlabs = Readonly<Record<WindowName, Slabs>>

/** A slot of each window, or of the coarser ones only: what is stored can be too old for the finer ones. */
export type SlotByWindow = Readonly<Partial<Record<WindowName, number>>>

/**
 * The four windows of one series, or of several together. The two that are looked at every second are added to every
 * second; an hour takes whole slots of 5 s, a day whole minutes.
 */
export class SeriesWindows {
  readonly #slabs: WindowSlabs
  readonly #windows: Readonly<Record<WindowName, Window>>

  /** @param from those to begin as. Default: empty */
  constructor(slabs: WindowSlabs, from?: SeriesWindows) {
    this.#slabs = slabs
    const begin = (name: WindowName, finer?: Window): Window =>
      from === undefined
        ? new Window(name, slabs[name], finer)
        : from.#windows[name].copy(name, slabs[name], finer)
    const five = begin('5min')
    const hour = begin('1hour', five)
    this.#windows = { '1min': begin('1min'), '5min': five, '1hour': hour, '1day': begin('1day', hour) }
  }

  add(counts: Counts, slots: SlotByWindow): void {
    const minute = slots['1min']
    try {
      if (minute !== undefined) this.#windows['1min'].add(counts, minute)
    } finally {
      this.#addCoarse(counts, slots)
    }
  }

  /** Does what can wait for a second with less to do; nothing that a window holds depends on it. */
  settle(): void {
    this.#windows['5min'].settle()
  }

  /** Moves one window on to the timeline's newest slot. Finer ones come first. */
  expire(name: WindowName, slot: number): void {
    this.#windows[name].expire(slot)
  }

  window(name: WindowName): Window {
    return this.#windows[name]
  }

  get empty(): boolean {
    return WINDOW_NAMES.every((name) => this.#windows[name].empty)
  }

  /** The same again, in memory of its own, for windows that go on apart. */
  copy(): SeriesWindows {
    return new SeriesWindows(this.#slabs, this)
  }

  /** The finest that takes it passes it on to the coarser ones. */
  #addCoarse(counts: Counts, slots: SlotByWindow): void {
    if (slots['5min'] !== undefined) this.#windows['5min'].add(counts, slots['5min'])
    else if (slots['1hour'] !== undefined) this.#windows['1hour'].add(counts, slots['1hour'])
    else if (slots['1day'] !== undefined) this.#windows['1day'].add(counts, slots['1day'])
  }
}
