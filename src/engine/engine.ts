import { spansOf } from '../alerts/policy.ts'
import type { Announcement } from '../measure/announcement.ts'
import { WINDOW_NAMES, type WindowName } from '../measure/window.ts'
import { limits } from '../targets/limits.ts'
import { LETTERS } from '../targets/verdict.ts'
import { AlertDesk } from './alerting/alert-desk.ts'
import { Alerting } from './alerting/alerting.ts'
import { evidenceDetails } from './alerting/evidence-details.ts'
import { Collector } from './collector.ts'
import { coverageOf } from './coverage.ts'
import type { EngineOptions } from './engine-options.ts'
import { Examples } from './examples.ts'
import { Figures } from './figures.ts'
import { Fleet } from './fleet/fleet.ts'
import { gradeEvent } from './grade-event.ts'
import { Holdings } from './holdings.ts'
import { type Identity, identityOf, Outbox } from './outbox.ts'
import { RecorderStates } from './recorder-states.ts'
import { ProcessMeter } from './runtime/process-meter.ts'
import { isOfStore, SaveQueue } from './save-queue.ts'
import { SelfMeter } from './self-meter.ts'
import { selfReport } from './self-report.ts'
import { SeriesBound } from './series-bound.ts'
import type { SelfReport, Snapshot, WindowSnapshot } from './snapshot.ts'
import { SteadyTime } from './steady-time.ts'
import { groupsOf, windowSnapshot } from './window-snapshot.ts'
import type { Group } from './windows.ts'

const ERRORS_SHOWN = 20
/** Whoever takes over later than this after its start has not just started a service. */
const STARTING_MS = 30_000

/**
 * Once a second: `turn`, a few milliseconds later `cycle`. It reads what all threads counted, moves the windows on,
 * judges, queues what has to be saved, and takes the snapshot from which everything else is answered. It sets no
 * timer itself: a thread or a test drives it.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #bound: SeriesBound
  readonly #collector: Collector
  readonly #groups: readonly Group[]
  readonly #outbox: Outbox
  readonly #examples = new Examples()
  readonly #queue: SaveQueue
  readonly #fleet: Fleet
  readonly #alerting: Alerting
  /** What people may ask of alerts and tell them. */
  readonly alerts: AlertDesk
  readonly holdings: Holdings
  readonly #meter: SelfMeter
  readonly #process: ProcessMeter
  readonly #errors: string[] = []
  readonly #startedMs: number
  readonly #identity: Identity
  #figures: Figures
  /** The lease under which the figures are those of all instances. */
  #token: bigint | undefined
  /** No reading while figures are read back: the tallies keep what comes in. */
  #paused = false
  #left = false
  #listening = false
  #overheardMs = Number.NEGATIVE_INFINITY
  #tending: Promise<void> | undefined
  /** Why the store could not be asked the last time. */
  #unreachable: string | undefined
  #turnedMs: number
  #unread = false
  readonly #time: SteadyTime
  #snapshot: Snapshot
  #cycle = 0
  #portState: SelfReport['port'] = { state: 'off' }
  readonly #recorders = new RecorderStates()

  constructor(options: EngineOptions) {
    const { settings, store, clock, instance, version } = options
    const { service } = settings
    this.#options = options
    this.#startedMs = clock.wallMs()
    this.#time = new SteadyTime(clock)
    this.#turnedMs = this.#startedMs
    this.#groups = groupsOf(settings.targets)
    this.#bound = new SeriesBound(settings.seriesLimit)
    this.#collector = new Collector(limits(settings.targets), this.#bound)
    const startMs = Math.min(options.read?.[0] ?? this.#startedMs, this.#startedMs)
    this.#figures = this.#begin(startMs)
    this.#identity = identityOf(version, this.#startedMs)
    const { flushMs, shared: heartbeat } = store
    this.#outbox = new Outbox({ service, instance, identity: this.#identity, flushMs, heartbeat, startMs })
    this.#queue = new SaveQueue(store, clock)
    this.#fleet = new Fleet({ store, clock, service, instance, spansMs: spansOf(settings.alerts.policies) })
    this.#alerting = new Alerting({
      ...{ service, targets: settings.targets, options: settings.alerts, store, clock },
      notifiers: options.notifiers ?? [],
      ...(options.alertPage === undefined ? {} : { page: options.alertPage }),
      allowed: () => this.#judges || this.#alone,
      onEvent: options.onAlertEvent ?? (() => {}),
      onUnreadable: (text) => this.note(text),
    })
    this.alerts = new AlertDesk({
      ...{ service, store, alerting: this.#alerting },
      judges: () => this.#judges,
      snapshot: () => this.answer(),
    })
    this.holdings = new Holdings({ store, clock, service })
    this.#meter = new SelfMeter(clock, options.mode)
    this.#process = new ProcessMeter(clock)
    this.#snapshot = this.#take()
  }

  /** What the last cycle knew. */
  get snapshot(): Snapshot {
    return this.#snapshot
  }

  /** What is to be answered: what the holder of the service's lease knows, where it can be had. */
  async answer(): Promise<Snapshot> {
    if (!this.#options.store.shared || this.#fleet.standing.kind !== 'member') return this.#snapshot
    try {
      return (await this.#fleet.read(() => this.#self())) ?? this.#snapshot
    } catch (error) {
      this.note(`reading what the holder published: ${String(error)}`)
      return this.#snapshot
    }
  }

  accept(announcement: Announcement): void {
    if (announcement.kind === 'error') this.note(`thread ${announcement.thread}: ${announcement.text}`)
    else if (announcement.kind === 'recorder') this.#recorders.heard(announcement.report)
    else if (announcement.kind === 'example')
      this.#outbox.tell(this.#examples.add(announcement.example, this.#time.read()))
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

  /** Somebody in this process wants to hear of alerts. */
  listen(): void {
    this.#listening = true
  }

  portIs(state: SelfReport['port']): void {
    this.#portState = state
  }

  recordersAre(recorders: SelfReport['recorders']): void {
    this.#recorders.are(recorders)
  }

  /**
   * Takes part in the fleet: asks for the lease or renews it, takes over or steps down, adds what the others saved. To
   * be called before the first cycle, which brings back what the store knows, and after every one. A store that cannot
   * be reached is tried again next time; the self page says so.
   */
  tend(): Promise<void> {
    if (this.#left) return Promise.resolve()
    this.#tending ??= this.#tend()
      .then(
        () => {
          // Between two attempts nothing was asked.
          if (this.#fleet.standing.kind !== 'cut_off') this.#unreachable = undefined
        },
        (error) => {
          if (!isOfStore(error)) throw error
          this.#unreachable = error.message
        },
      )
      .finally(() => {
        this.#tending = undefined
      })
    return this.#tending
  }

  /** Lets the application write the other half of its tallies: what it counts from now on is for the next reading. */
  turn(): void {
    if (this.#paused) return
    // Turned twice without a reading, the half that waits for it would be made ready for writing again.
    if (this.#unread) return
    this.#unread = true
    this.#turnedMs = this.#time.read()
    this.#collector.turn()
  }

  /** Reads what came in until the last turn and works everything out. */
  cycle(): Snapshot {
    if (this.#paused) return this.#snapshot
    const begun = this.#meter.begin()
    this.#unread = false
    const { timeline, grades, windows } = this.#figures
    // When it turned, not now: what came since is not in these counts. Never backwards: a clock that was set back
    // counts into the newest slots until it has caught up.
    const atMs = Math.max(this.#turnedMs, timeline.lastMs)
    this.#cycle++
    const collected = this.#collector.read()
    if (this.#options.read !== undefined) this.#options.read[0] = atMs
    this.#figures.read(atMs, collected)
    this.#process.read(atMs, collected.slices, this.#collector.loops)
    this.#snapshot = this.#take()
    const { verdicts, overall } = this.#snapshot.window(this.#options.settings.window)
    this.#collector.showGrade(overall.letter === null ? 0 : LETTERS.indexOf(overall.letter) + 1)
    const point = grades.note(atMs, verdicts, overall)
    if (point !== undefined) this.#bound.forget(windows.forgetEmpty())
    // Of several instances only the one that sees all of them says what grade it was; its successor says the same.
    const events = point === undefined || !this.#judges ? [] : [gradeEvent(point)]
    this.#outbox.add(atMs, { ...collected, runtime: this.#process.reading }, events)
    this.#post()
    if (this.#judges || this.#alone) this.#alert(atMs)
    this.#alerting.delivery.drain()
    this.#meter.end(begun)
    return this.#snapshot
  }

  /** Saves everything that was read, as far as the store lets it. */
  async flush(): Promise<void> {
    this.#post(true)
    await this.#queue.drain()
    await this.#queue.drain()
  }

  /** Saves what was found out and what became of notices, and gives up the lease, so that nobody need wait for it. */
  async leave(): Promise<void> {
    this.#left = true
    await this.#tending
    try {
      if (this.#judges && this.#token !== undefined) await this.#alerting.tell(this.#token)
    } finally {
      await this.#fleet.release()
    }
  }

  #begin(startMs: number): Figures {
    return new Figures({
      ...{ startMs, bound: this.#bound, groups: this.#groups, examples: this.#examples },
      onError: (error) => this.note(`windows: ${String(error)}`),
    })
  }

  /** Whether the figures are those of the whole service. */
  get #judges(): boolean {
    const { standing } = this.#fleet
    if (!this.#options.store.shared) return true
    return standing.kind === 'holder' && standing.token === this.#token
  }

  /** The last that judged goes on by itself while the store is out of reach; one that was only paused does not. */
  get #alone(): boolean {
    const { standing } = this.#fleet
    return standing.kind === 'cut_off' && standing.token === this.#token && this.#unreachable !== undefined
  }

  #alert(atMs: number): void {
    this.#alerting.step({
      atMs,
      verdicts: this.#snapshot.window('1min').verdicts,
      lookback: this.#figures.lookback,
      details: (target) => evidenceDetails(target, this.#figures, this.#examples.list(atMs)),
    })
    if (this.#alone) this.#alerting.tellAlone(this.#fleet.othersSince(this.#startedMs))
  }

  #post(force = false): void {
    const batch = this.#outbox.due(force)
    if (batch !== undefined) this.#queue.push(batch)
    void this.#queue.drain()
  }

  async #tend(): Promise<void> {
    const standing = await this.#fleet.attend()
    switch (standing.kind) {
      case 'holder':
        if (standing.token !== this.#token) {
          // What was told last would be known, and not heard of.
          await this.#overhear(true)
          await this.#takeOver(standing.token)
        }
        if (standing.token === this.#token) await this.#hold(standing.token)
        return
      case 'member':
        if (this.#token !== undefined) this.#stepDown()
        await this.#alerting.handOver()
        await this.#overhear()
        return
      case 'cut_off':
        // What is known of the others stays until it is old; what comes is this process' own.
        return
    }
  }

  /** Callbacks hear in every process that has any; only one judges. */
  async #overhear(force = false): Promise<void> {
    const nowMs = this.#time.read()
    if (!this.#listening || (!force && nowMs - this.#overheardMs < this.#options.store.flushMs)) return
    this.#overheardMs = nowMs
    for (const event of await this.#fleet.news(nowMs)) this.#alerting.hear(event, false)
  }

  async #hold(token: bigint): Promise<void> {
    if (this.#options.store.shared) {
      if (await this.#fleet.listen(this.#figures, this.#time.read())) this.#snapshot = this.#take()
      for (const event of await this.#fleet.news(this.#time.read())) this.#alerting.hear(event)
      await this.#fleet.publish(this.#snapshot, token)
    }
    // The store knows of a later holder before its lease says so to us.
    if (!(await this.#alerting.tell(token))) this.#stepDown()
    else this.#alerting.delivery.drain()
  }

  /** Begins with what all instances saved. Not while something of our own is unsaved: it would be missing. */
  async #takeOver(token: bigint): Promise<void> {
    this.#paused = true
    this.#queue.reached()
    try {
      await this.flush()
      if (this.#queue.queued > 0) return
      // Whoever asks meanwhile gets what there was before, not windows that are half filled.
      for (const name of WINDOW_NAMES) void this.#snapshot.window(name).components
      const figures = this.#begin(this.#figures.timeline.lastMs)
      const nowMs = this.#time.read()
      this.#alerting.recall(await this.#fleet.recall(figures, nowMs), nowMs)
      const restarted = (this.#options.restarts ?? 0) > 0
      if (nowMs - this.#startedMs < STARTING_MS && !restarted && !this.#fleet.othersSince(this.#startedMs)) {
        this.#alerting.started(this.#startedMs)
      }
      this.#figures = figures
      this.#token = token
      this.#snapshot = this.#take()
    } finally {
      this.#paused = false
    }
  }

  /** Another instance judges from now on. */
  #stepDown(): void {
    this.#token = undefined
    this.#alerting.retire()
    this.#examples.forgetOthers()
    this.#figures = this.#begin(this.#figures.timeline.lastMs)
    this.#snapshot = this.#take()
  }

  #take(): Snapshot {
    const { settings, instance } = this.#options
    const { timeline, windows, concurrency, grades, lookback } = this.#figures
    const mine = { instance, inFlight: concurrency.own, runtime: this.#process.reading }
    const taken = new Map<WindowName, WindowSnapshot>()
    const window = (name: WindowName): WindowSnapshot => {
      const known = taken.get(name)
      if (known !== undefined) return known
      const made = windowSnapshot(name, windows, timeline.span(name), settings.targets)
      taken.set(name, made)
      return made
    }
    const engine = this
    return {
      service: settings.service,
      instance,
      atMs: timeline.lastMs,
      startedMs: this.#startedMs,
      cycle: this.#cycle,
      concurrentUsers: concurrency.users(),
      inFlight: concurrency.inFlight,
      levels: concurrency.levels,
      window,
      coverage: coverageOf(this.#options.store, this.#fleet.standing),
      instances: [{ ...this.#identity, ...mine, seenMs: timeline.lastMs, lagMs: 0 }, ...this.#fleet.members],
      get alerts() {
        return engine.#alerting.firing
      },
      gradeHistory: [...grades.points],
      trend: (target) => grades.trend(target),
      lookback,
      examples: this.#examples.list(this.#time.lastMs),
      get self() {
        return engine.#self()
      },
    }
  }

  #self(): SelfReport {
    const { store, version, mode, restarts = 0, settings, clock } = this.#options
    return selfReport({
      ...{ store, version, mode, restarts, seriesLimit: settings.seriesLimit },
      uptimeMs: clock.wallMs() - this.#startedMs,
      cycles: this.#cycle,
      nowMs: this.#time.lastMs,
      unreachable: this.#unreachable,
      ...{ meter: this.#meter, collector: this.#collector, bound: this.#bound, examples: this.#examples },
      ...{ queue: this.#queue, alerting: this.#alerting, errors: this.#errors, port: this.#portState },
      recorders: this.#recorders.all,
    })
  }
}
