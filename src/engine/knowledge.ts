import { WINDOW_NAMES, type WindowName } from '../measure/window.ts'
import type { Alerting } from './alerting/alerting.ts'
import type { EngineSettings } from './engine-options.ts'
import type { Examples } from './examples.ts'
import { Figures } from './figures.ts'
import { coverageOf } from './fleet/coverage.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Identity } from './outbox.ts'
import type { ProcessMeter } from './runtime/process-meter.ts'
import type { SeriesBound } from './series-bound.ts'
import type { SelfReport, Snapshot, WindowSnapshot } from './snapshot.ts'
import type { SteadyTime } from './steady-time.ts'
import type { Store } from './store.ts'
import { groupsOf, windowSnapshot } from './window-snapshot.ts'
import type { Group } from './windows.ts'

export interface KnowledgeOptions {
  readonly settings: EngineSettings
  readonly store: Store
  readonly instance: string
  readonly identity: Identity
  readonly time: SteadyTime
  readonly bound: SeriesBound
  readonly examples: Examples
  readonly process: ProcessMeter
  readonly fleet: Fleet
  readonly alerting: Alerting
  /** When recording began. */
  readonly startMs: number
  readonly cycle: () => number
  readonly self: () => SelfReport
  readonly onError: (error: unknown) => void
}

/** What the engine knows now: the figures that it goes on with, and the snapshot that it last took of them. */
export class Knowledge {
  readonly #options: KnowledgeOptions
  readonly #groups: readonly Group[]
  #figures: Figures
  #snapshot: Snapshot

  constructor(options: KnowledgeOptions) {
    this.#options = options
    this.#groups = groupsOf(options.settings.targets)
    this.#figures = this.#begin(options.startMs)
    this.#snapshot = this.#take()
  }

  get figures(): Figures {
    return this.#figures
  }

  get snapshot(): Snapshot {
    return this.#snapshot
  }

  /** Takes a snapshot of the figures as they are now. */
  take(): Snapshot {
    this.#snapshot = this.#take()
    return this.#snapshot
  }

  /** Empty figures that go on where these are, for `replace`. */
  anew(): Figures {
    // Whoever asks meanwhile gets what there was before, not windows that are half filled.
    for (const name of WINDOW_NAMES) void this.#snapshot.window(name).components
    return this.#begin(this.#figures.timeline.lastMs)
  }

  replace(figures: Figures): void {
    this.#figures = figures
    this.take()
  }

  /** Goes on with this process' own figures alone. */
  forget(): void {
    this.#options.examples.forgetOthers()
    this.replace(this.#begin(this.#figures.timeline.lastMs))
  }

  #begin(startMs: number): Figures {
    const { bound, examples, onError } = this.#options
    return new Figures({ startMs, bound, examples, onError, groups: this.#groups })
  }

  #take(): Snapshot {
    const { settings, store, instance, identity, process, fleet, alerting, self } = this.#options
    const { timeline, windows, concurrency, grades, lookback } = this.#figures
    const mine = { instance, inFlight: concurrency.own, runtime: process.reading }
    const taken = new Map<WindowName, WindowSnapshot>()
    const window = (name: WindowName): WindowSnapshot => {
      const known = taken.get(name)
      if (known !== undefined) return known
      const made = windowSnapshot(name, windows, timeline.span(name), settings.targets)
      taken.set(name, made)
      return made
    }
    return {
      service: settings.service,
      instance,
      atMs: timeline.lastMs,
      cycle: this.#options.cycle(),
      concurrentUsers: concurrency.users(),
      inFlight: concurrency.inFlight,
      levels: concurrency.levels,
      window,
      coverage: coverageOf(store, fleet.standing),
      instances: [{ ...identity, ...mine, seenMs: timeline.lastMs, lagMs: 0 }, ...fleet.members],
      get alerts() {
        return alerting.firing
      },
      gradeHistory: [...grades.points],
      trend: (target) => grades.trend(target),
      lookback,
      examples: this.#options.examples.list(this.#options.time.lastMs),
      get self() {
        return self()
      },
    }
  }
}
