import type { Clock } from '../ground/clock.ts'
import type { Announcement } from '../measure/announcement.ts'
import { Timeline } from '../measure/timeline.ts'
import { WINDOW_NAMES, type WindowName } from '../measure/window.ts'
import { limits } from '../targets/limits.ts'
import { type Match, match } from '../targets/match.ts'
import type { Target } from '../targets/target.ts'
import { LETTERS } from '../targets/verdict.ts'
import { Collector } from './collector.ts'
import { Concurrency } from './concurrency.ts'
import { GradeHistory } from './grade-history.ts'
import { RecorderStates } from './recorder-states.ts'
import { SaveQueue } from './save-queue.ts'
import { SelfMeter } from './self-meter.ts'
import type { GradePoint, SelfReport, Snapshot, WindowSnapshot } from './snapshot.ts'
import type { Store } from './store.ts'
import { type Judged, windowSnapshot } from './window-snapshot.ts'
import { Windows } from './windows.ts'

const DAY_MS = 86_400_000
const ERRORS_SHOWN = 20
/** Further behind than this, the wall clock was set back and did not just drift. */
const SET_BACK_MS = 1_000

/** What the engine has to know; part of the resolved configuration. */
export interface EngineSettings {
  readonly service: string
  readonly targets: readonly Target[]
  /** The window that grades are given for unless another is asked. */
  readonly window: WindowName
  readonly seriesLimit: number
}

export interface EngineOptions {
  readonly settings: EngineSettings
  readonly store: Store
  readonly clock: Clock
  /** New at every start of a process: with the flush number it is the identity of what is saved. */
  readonly instance: string
  readonly version: string
  readonly mode: 'thread' | 'inline'
  /** How often the engine's thread was started again. */
  readonly restarts?: number
  /**
   * When the tallies were last read, wall ms; before that, when recording began. Kept beside them in shared memory, so
   * that an engine that is started again can say since when it counts. Default: now.
   */
  readonly read?: Float64Array
}

/**
 * Once a second: `turn`, a few milliseconds later `cycle`. It reads what all threads counted, moves the windows on,
 * judges, queues what has to be saved, and takes the snapshot from which everything else is answered. It sets no
 * timer itself: a thread or a test drives it.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #timeline: Timeline
  readonly #windows: Windows
  readonly #collector: Collector
  readonly #concurrency = new Concurrency()
  readonly #judged: readonly Judged[]
  readonly #grades = new GradeHistory()
  readonly #queue: SaveQueue
  readonly #meter: SelfMeter
  readonly #errors: string[] = []
  readonly #startedMs: number
  #turnedMs: number
  #unread = false
  #now: { readonly wallMs: number; readonly monotonicMs: number }
  #snapshot: Snapshot
  #cycle = 0
  #flush = 0
  #portState: SelfReport['port'] = { state: 'off' }
  readonly #recorders = new RecorderStates()

  constructor(options: EngineOptions) {
    const { settings, store, clock } = options
    this.#options = options
    this.#startedMs = clock.wallMs()
    this.#now = { wallMs: this.#startedMs, monotonicMs: clock.monotonicMs() }
    this.#turnedMs = this.#startedMs
    this.#judged = settings.targets.map((target) => ({ target, covers: remembered(match(target)) }))
    this.#timeline = new Timeline(Math.min(options.read?.[0] ?? this.#startedMs, this.#startedMs))
    this.#windows = new Windows(this.#timeline, (error) => this.note(`windows: ${String(error)}`))
    this.#collector = new Collector(limits(settings.targets), settings.seriesLimit)
    this.#queue = new SaveQueue(store, clock)
    this.#meter = new SelfMeter(clock, options.mode)
    this.#snapshot = this.#take()
  }

  /** What the last cycle knew. */
  get snapshot(): Snapshot {
    return this.#snapshot
  }

  accept(announcement: Announcement): void {
    if (announcement.kind === 'error') this.note(`thread ${announcement.thread}: ${announcement.text}`)
    else if (announcement.kind === 'recorder') this.#recorders.heard(announcement.report)
    else this.#collector.accept(announcement)
  }

  threadEnded(thread: number): void {
    this.#collector.end(thread)
  }

  /** Shows an error of our own on the self page. */
  note(error: string): void {
    this.#errors.push(error)
    if (this.#errors.length > ERRORS_SHOWN) this.#errors.shift()
  }

  portIs(state: SelfReport['port']): void {
    this.#portState = state
  }

  recordersAre(recorders: SelfReport['recorders']): void {
    this.#recorders.are(recorders)
  }

  /** Brings back windows and grades of the last day. Before the first cycle. */
  async restore(): Promise<void> {
    const { store, settings } = this.#options
    // Whoever asks meanwhile gets what there was before, not windows that are half filled.
    for (const name of WINDOW_NAMES) void this.#snapshot.window(name).components
    const span = { fromMs: this.#startedMs - DAY_MS, toMs: this.#startedMs }
    for await (const stored of store.slices(settings.service, span)) {
      const names = this.#timeline.restore(stored.fromMs, stored.toMs)
      this.#windows.add(stored.slices, names)
    }
    for await (const event of store.events(settings.service, span)) {
      if (event.kind === 'grade') this.#grades.restore(event.data as GradePoint)
    }
    this.#snapshot = this.#take()
  }

  /** Lets the application write the other half of its tallies: what it counts from now on is for the next reading. */
  turn(): void {
    // Turned twice without a reading, the half that waits for it would be made ready for writing again.
    if (this.#unread) return
    this.#unread = true
    this.#turnedMs = this.#time()
    this.#collector.turn()
  }

  /** Reads what came in until the last turn and works everything out. */
  cycle(): Snapshot {
    const begun = this.#meter.begin()
    this.#unread = false
    const fromMs = this.#timeline.lastMs
    // When it turned, not now: what came since is not in these counts. Never backwards: a clock that was set back
    // counts into the newest slots until it has caught up.
    const atMs = Math.max(this.#turnedMs, fromMs)
    this.#cycle++
    const { slices, levels, users, inFlight } = this.#collector.read()
    if (this.#options.read !== undefined) this.#options.read[0] = atMs
    this.#timeline.read(atMs)
    this.#windows.add(slices)
    this.#concurrency.add(atMs, users, levels, inFlight)
    this.#snapshot = this.#take()
    const { verdicts, overall } = this.#snapshot.window(this.#options.settings.window)
    this.#collector.showGrade(overall.letter === null ? 0 : LETTERS.indexOf(overall.letter) + 1)
    const point = this.#grades.note(atMs, verdicts, overall)
    if (point !== undefined) this.#collector.forget(this.#windows.forgetEmpty())
    if (slices.length > 0 || point !== undefined) {
      const { service } = this.#options.settings
      const events = point === undefined ? [] : [{ atMs, kind: 'grade', data: point }]
      const { instance } = this.#options
      this.#queue.push({ service, instance, flush: ++this.#flush, fromMs, toMs: atMs, slices, events })
    }
    void this.#queue.drain()
    this.#meter.end(begun)
    return this.#snapshot
  }

  /** Saves what is queued, as far as the store lets it. */
  async flush(): Promise<void> {
    await this.#queue.drain()
    await this.#queue.drain()
  }

  /**
   * Wall time, but when the clock is set back, time goes on by the monotonic one until the wall has caught up: the
   * windows have to slide, and no slot may come twice.
   */
  #time(): number {
    const { clock } = this.#options
    const monotonicMs = clock.monotonicMs()
    const expectedMs = this.#now.wallMs + (monotonicMs - this.#now.monotonicMs)
    const wallMs = clock.wallMs()
    this.#now = {
      wallMs: wallMs < expectedMs - SET_BACK_MS ? expectedMs : Math.max(wallMs, this.#now.wallMs),
      monotonicMs,
    }
    return this.#now.wallMs
  }

  #take(): Snapshot {
    const { settings, instance } = this.#options
    const taken = new Map<WindowName, WindowSnapshot>()
    const window = (name: WindowName): WindowSnapshot => {
      const known = taken.get(name)
      if (known !== undefined) return known
      const made = windowSnapshot(name, this.#windows, this.#timeline.span(name), this.#judged)
      taken.set(name, made)
      return made
    }
    const engine = this
    return {
      service: settings.service,
      instance,
      atMs: this.#timeline.lastMs,
      startedMs: this.#startedMs,
      cycle: this.#cycle,
      concurrentUsers: this.#concurrency.users(),
      inFlight: this.#concurrency.inFlight,
      levels: this.#concurrency.levels,
      window,
      gradeHistory: [...this.#grades.points],
      trend: (target) => this.#grades.trend(target),
      get self() {
        return engine.#self()
      },
    }
  }

  #self(): SelfReport {
    const { store, version, mode, restarts = 0, settings, clock } = this.#options
    const { invalid, negative, clamped, folded, errors } = this.#collector.losses
    const { lastError, queued, dropped: batches } = this.#queue
    const state = lastError === undefined ? 'ok' : 'failing'
    return {
      version,
      pid: process.pid,
      node: process.version,
      uptimeMs: clock.wallMs() - this.#startedMs,
      engine: { mode, restarts, cycles: this.#cycle, ...this.#meter.report() },
      threads: this.#collector.threads,
      series: { used: this.#collector.seriesUsed, limit: settings.seriesLimit, folded },
      dropped: { invalid, negative, clamped, batches, errors },
      recentErrors: [...this.#errors],
      store: { name: store.name, state, queued, ...(lastError === undefined ? {} : { lastError }) },
      port: this.#portState,
      recorders: this.#recorders.all,
    }
  }
}

/** A pattern is matched once per series, not once a second. */
function remembered(covers: Match): Match {
  const known = new Map<string, boolean>()
  return (component, series) => {
    const answer = known.get(series) ?? covers(component, series)
    known.set(series, answer)
    return answer
  }
}
