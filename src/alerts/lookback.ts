import { WINDOW_NAMES, WINDOWS, type WindowName, type WindowView } from '../measure/window.ts'
import type { Target } from '../targets/target.ts'

/** What was bad of a span ending now. */
export interface Spent {
  readonly bad: number
  readonly total: number
}

/** Asks for the last `lengthMs` of a target; `undefined`: so much is not kept. */
export type Lookback = (target: Target, lengthMs: number) => Spent | undefined

/** What the windows of targets hold, and where they are in time. */
export interface LookbackWindows {
  /** `undefined`: the window saw nothing. */
  readonly view: (target: Target, name: WindowName) => WindowView | undefined
  /** The newest slot of a window, as the timeline has it. */
  readonly slot: (name: WindowName) => number
}

/**
 * The last `lengthMs` from the finest window whose slots make it up: 5 min and 1 h are windows of their own, 30 min are
 * 30 of the hour's slots, 2 h and 6 h are 8 and 24 of the day's. The newest slot is still open, so it may be
 * shorter by up to a slot. `undefined` beyond a day.
 *
 * @example spentOver(windows, target, 1_800_000) // the last half hour
 */
export function spentOver(windows: LookbackWindows, target: Target, lengthMs: number): Spent | undefined {
  const { indicator } = target
  const name = lookbackWindow(lengthMs)
  if (name === undefined) return undefined
  const oldest = windows.slot(name) - lengthMs / WINDOWS[name].slotMs + 1
  const latency = indicator.kind === 'latency'
  const seen = windows.view(target, name)?.since(oldest, latency ? indicator.limitMs : Number.NaN)
  if (seen === undefined) return { bad: 0, total: 0 }
  const { failed, hits, misses, good, covered } = seen
  // Ok operations that were not compared with the limit (it is new) are left out: nobody knows of them.
  if (latency) return { bad: failed + covered - good, total: failed + covered }
  return { bad: misses, total: hits + misses }
}

/** The finest window that is long enough and whose slots make the length up. */
export function lookbackWindow(lengthMs: number): WindowName | undefined {
  for (const name of WINDOW_NAMES) {
    const { slots, slotMs } = WINDOWS[name]
    if (slots * slotMs >= lengthMs && lengthMs % slotMs === 0) return name
  }
  return undefined
}
