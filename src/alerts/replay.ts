import type { Slice } from '../measure/slice.ts'
import { WINDOW_NAMES } from '../measure/window.ts'
import type { Target } from '../targets/target.ts'
import type { Verdict } from '../targets/verdict.ts'
import type { AlertEvent } from './event.ts'
import type { Notice } from './notice.ts'
import type { AlertOptions } from './options.ts'
import { TargetWindows } from './target-windows.ts'
import { AlertWatch, type AlertWatchOptions } from './watch.ts'

/** What was counted until an instant; a stored span is one, with `atMs` its end. */
export interface Reading {
  readonly atMs: number
  readonly slices: readonly Slice[]
}

export interface ReplayedNotice {
  readonly notifier: string
  readonly notice: Notice
}

/** What one second brought. */
export interface Second {
  readonly atMs: number
  readonly verdicts: readonly Verdict[]
  readonly events: readonly AlertEvent[]
  readonly notices: readonly ReplayedNotice[]
}

/**
 * Runs readings through windows, verdicts and alerts as the engine does every second, with a time that is given: a day
 * passes in seconds. Notices are not delivered, only listed.
 */
export class Replay {
  readonly #options: AlertWatchOptions
  readonly #windows: TargetWindows
  readonly #events: AlertEvent[] = []
  #watch: AlertWatch

  constructor(options: AlertWatchOptions & { readonly startMs: number }) {
    const { targets, startMs } = options
    this.#options = options
    const burns = options.options.policies.some(({ kind }) => kind === 'burn_rate')
    this.#windows = new TargetWindows(targets, { startMs, names: burns ? WINDOW_NAMES : [] })
    this.#watch = new AlertWatch(options)
  }

  get watch(): AlertWatch {
    return this.#watch
  }

  /** Everything that happened so far, as a store would hold it. */
  get events(): readonly AlertEvent[] {
    return this.#events
  }

  /** Somebody acknowledges, silences, deploys. */
  apply(event: AlertEvent): void {
    this.#events.push(event)
    this.#watch.book.apply(event)
  }

  /** Another engine takes over, from what a store would give it. */
  restart(): void {
    const stored = JSON.parse(JSON.stringify(this.#events)) as readonly AlertEvent[]
    this.#watch = new AlertWatch(this.#options)
    for (const event of stored) this.#watch.book.apply(event)
  }

  /** What was counted before anything is judged: it fills the windows, and nothing fires. */
  fill({ atMs, slices }: Reading): void {
    this.#windows.read(atMs, slices)
  }

  second({ atMs, slices }: Reading): Second {
    this.#windows.read(atMs, slices)
    const verdicts = this.#windows.verdicts()
    const now = { ...this.input(verdicts), atMs }
    const events = this.#watch.step(now)
    const dues = this.#watch.due({ atMs, now })
    for (const { said } of dues) this.#watch.book.apply(said)
    const all = dues.length === 0 ? events : [...events, ...dues.map(({ said }) => said)]
    this.#events.push(...all)
    return {
      atMs,
      verdicts,
      events: all,
      notices: dues.map(({ notifier, notice }) => ({ notifier, notice })),
    }
  }

  /** What the last second was decided on, for `why`. */
  input(verdicts: readonly Verdict[]): Parameters<AlertWatch['step']>[0] {
    return { atMs: this.#windows.lastMs, verdicts, lookback: this.#windows.lookback }
  }
}

export interface SimulateOptions {
  readonly service?: string
  readonly targets: readonly Target[]
  readonly options: AlertOptions
  /** Oldest first. Seconds without a reading are stepped through too. */
  readonly readings: Iterable<Reading>
}

/** What would have happened. */
export interface Simulated {
  readonly fromMs: number
  readonly toMs: number
  readonly events: readonly AlertEvent[]
  readonly notices: readonly ReplayedNotice[]
}

const SECOND_MS = 1000
/** A hole in the data is stepped through this far; nothing new can happen in it after that. */
const LONGEST_GAP_MS = 2 * 86_400_000

/** As `simulate`, for whoever gets the readings one by one. */
export class Simulation {
  readonly #replay: Replay
  readonly #fromMs: number
  readonly #notices: ReplayedNotice[] = []
  #lastMs: number

  /** @param options with `startMs` from when on it is judged, and `filledMs` where it begins to be filled before */
  constructor({
    startMs,
    filledMs = startMs,
    ...options
  }: AlertWatchOptions & { readonly startMs: number; readonly filledMs?: number }) {
    this.#replay = new Replay({ ...options, startMs: filledMs })
    this.#fromMs = startMs
    this.#lastMs = startMs
  }

  /** Takes a reading; every second since the last one is stepped through. One from before the start only fills. */
  read({ atMs, slices }: Reading): void {
    if (atMs <= this.#fromMs) {
      this.#replay.fill({ atMs, slices })
      return
    }
    this.until(atMs - 1)
    this.#lastMs = Math.max(atMs, this.#lastMs)
    this.#second(slices)
  }

  /** Lets time pass in which nothing came in. */
  until(atMs: number): void {
    const endMs = Math.min(atMs, this.#lastMs + LONGEST_GAP_MS)
    while (this.#lastMs + SECOND_MS <= endMs) {
      this.#lastMs += SECOND_MS
      this.#second([])
    }
  }

  /** Somebody silences, deploys: at an instant up to which time has passed. */
  apply(event: AlertEvent): void {
    this.#replay.apply(event)
  }

  get simulated(): Simulated {
    return {
      fromMs: this.#fromMs,
      toMs: this.#lastMs,
      events: this.#replay.events,
      notices: this.#notices,
    }
  }

  #second(slices: readonly Slice[]): void {
    this.#notices.push(...this.#replay.second({ atMs: this.#lastMs, slices }).notices)
  }
}

/**
 * What would have fired and when, for a series of readings from a CSV or a scenario.
 *
 * @example simulate({ targets, options: alertDefaults, readings }).notices
 */
export function simulate({ service = 'replay', targets, options, readings }: SimulateOptions): Simulated {
  let simulation: Simulation | undefined
  for (const reading of readings) {
    simulation ??= new Simulation({ service, targets, options, startMs: reading.atMs - SECOND_MS })
    simulation.read(reading)
  }
  return simulation?.simulated ?? { fromMs: 0, toMs: 0, events: [], notices: [] }
}
