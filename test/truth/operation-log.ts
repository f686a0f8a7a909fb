/** One operation as it was given to Yardstick. */
export interface Logged {
  readonly component: string
  readonly name: string
  /** As given, not rounded; may be anything. */
  readonly durationMs: number
  readonly failed?: boolean
  readonly hit?: boolean | undefined
  /** Of a primitive: it ran inside another operation of its component. */
  readonly nested?: boolean
}

/** What counts of it: the duration in steps of the grid, and when it happened. */
export interface Entry extends Required<Omit<Logged, 'durationMs'>> {
  readonly steps: number
  readonly atMs: number
  /** The reading that came next. */
  readonly readMs: number
}

export const STEPS_A_MS = 16_384
const LONGEST_STEPS = 2 ** 26 * STEPS_A_MS

/** decisions.md 14, by hand. */
const WINDOWS = {
  '1min': { slots: 60, slotMs: 1_000 },
  '5min': { slots: 60, slotMs: 5_000 },
  '1hour': { slots: 60, slotMs: 60_000 },
  '1day': { slots: 96, slotMs: 900_000 },
} as const

/**
 * The other side of the books: every operation with the wall time at which it happened, kept one by one and shared
 * with nothing that is tested. It also knows when readings were taken, because a clock that is set back leaves no
 * other way to say when something happened: an operation whose wall time is not between the last reading and the next
 * one is held to have happened at the next one.
 */
export class OperationLog {
  readonly entries: Entry[] = []
  readonly readings: number[]
  /** How often what was given could not be taken as it was. */
  readonly odd = { invalid: 0, negative: 0, clamped: 0 }
  #pending: Omit<Entry, 'readMs'>[] = []

  #monotonicMs: number

  constructor(startMs: number, monotonicMs: number) {
    this.readings = [startMs]
    this.#monotonicMs = monotonicMs
  }

  write(logged: Logged, wallMs: number): void {
    const steps = this.#steps(logged.durationMs)
    if (steps === undefined) return
    const { component, name, failed = false, hit, nested = false } = logged
    this.#pending.push({ component, name, failed, hit, nested, steps, atMs: wallMs })
  }

  /** All that was written until now is what the reading of this wall time has to hold. */
  read(wallMs: number, monotonicMs: number): void {
    const lastMs = this.readings.at(-1)!
    // A clock that is set back: time goes on as the monotonic one says.
    const expectedMs = lastMs + monotonicMs - this.#monotonicMs
    const readMs = wallMs < expectedMs - 1_000 ? expectedMs : Math.max(lastMs, wallMs)
    this.#monotonicMs = monotonicMs
    const held = ({ atMs }: { readonly atMs: number }): number =>
      atMs > lastMs && atMs <= readMs ? atMs : readMs
    const read = this.#pending.map((entry) => ({ ...entry, atMs: held(entry), readMs }))
    this.entries.push(...read.sort((one, other) => one.atMs - other.atMs))
    this.#pending = []
    this.readings.push(readMs)
  }

  /** After `fromMs`, up to and including `toMs`. */
  between(fromMs: number, toMs: number): readonly Entry[] {
    return this.entries.slice(this.#after(fromMs), this.#after(toMs))
  }

  /** The span that a window has to state: of the readings that ended in its slots, the newest one's included. */
  span(name: keyof typeof WINDOWS): { readonly fromMs: number; readonly toMs: number } {
    const { slots, slotMs } = WINDOWS[name]
    const toMs = this.readings.at(-1)!
    const oldest = Math.floor(toMs / slotMs) - slots + 1
    // Whoever was there first took the place of what came before recording began.
    const first = this.readings.findIndex((atMs, i) => i > 0 && Math.floor(atMs / slotMs) >= oldest)
    return { fromMs: this.readings[Math.max(first, 1) - 1]!, toMs }
  }

  /** Of a window: how many of its slots with a lookup had a hit rate over `percent`, in percent (Timeslices). */
  timeslices(entries: readonly Entry[], name: keyof typeof WINDOWS, percent: number): number {
    const slots = Map.groupBy(
      entries.filter(({ hit }) => hit !== undefined),
      ({ readMs }) => Math.floor(readMs / WINDOWS[name].slotMs),
    )
    const good = [...slots.values()].filter(
      (lookups) => 100 * lookups.filter(({ hit }) => hit).length > percent * lookups.length,
    )
    return (100 * good.length) / slots.size
  }

  /** Rounded once, to the nearest step, a tie to the even one; `undefined` for what is no duration. */
  #steps(durationMs: number): number | undefined {
    if (!Number.isFinite(durationMs)) {
      this.odd.invalid++
      return undefined
    }
    if (durationMs < 0) {
      this.odd.negative++
      return 0
    }
    const steps = durationMs * STEPS_A_MS
    if (steps > LONGEST_STEPS) {
      this.odd.clamped++
      return LONGEST_STEPS
    }
    const below = Math.floor(steps)
    const rest = steps - below
    if (rest === 0.5) return below % 2 === 0 ? below : below + 1
    return rest > 0.5 ? below + 1 : below
  }

  /** The first entry later than `atMs`. */
  #after(atMs: number): number {
    let low = 0
    let high = this.entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.entries[middle]!.atMs <= atMs) low = middle + 1
      else high = middle
    }
    return low
  }
}
