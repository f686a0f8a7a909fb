import { lookbacksOf } from '../alerts/policy.ts'
import type { Announcement } from '../measure/announcement.ts'
import { limits } from '../targets/limits.ts'
import { LETTERS } from '../targets/verdict.ts'
import { AlertDesk } from './alerting/alert-desk.ts'
import { Alerting } from './alerting/alerting.ts'
import { evidenceDetails } from './alerting/evidence-details.ts'
import { Collector } from './collector.ts'
import type { EngineOptions } from './engine-options.ts'
import { Examples } from './examples.ts'
import { Fleet } from './fleet/fleet.ts'
import { gradeEvent } from './grade-event.ts'
import { Holdings } from './holdings.ts'
import { Knowledge } from './knowledge.ts'
import { type Identity, identityOf, Outbox } from './outbox.ts'
import { RecorderStates } from './recorder-states.ts'
import { ProcessMeter } from './runtime/process-meter.ts'
import { SaveQueue } from './save-queue.ts'
import { SelfMeter } from './self-meter.ts'
import { selfReport } from './self-report.ts'
import { SeriesBound } from './series-bound.ts'
import type { SelfReport, Snapshot } from './snapshot.ts'
import { SteadyTime } from './steady-time.ts'
import { Tenure } from './tenure.ts'

const ERRORS_SHOWN = 20

/**
 * Once a second: `turn`, a few milliseconds later `cycle`. It reads what all threads counted, moves the windows on,
 * judges, queues what has to be saved, and takes the snapshot from which everything else is answered. It sets no
 * timer itself: a thread or a test drives it.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #time: SteadyTime
  readonly #identity: Identity
  readonly #bound: SeriesBound
  readonly #collector: Collector
  readonly #process: ProcessMeter
  readonly #examples = new Examples()
  readonly #outbox: Outbox
  readonly #queue: SaveQueue
  readonly #fleet: Fleet
  readonly #alerting: Alerting
  readonly #knowledge: Knowledge
  readonly #tenure: Tenure
  readonly #meter: SelfMeter
  readonly #recorders = new RecorderStates()
  readonly #errors: string[] = []
  #portState: SelfReport['port'] = { state: 'off' }
  #cycle = 0
  #turnedMs: number
  #unread = false
  /** What people may ask of alerts and tell them. */
  readonly alerts: AlertDesk
  readonly holdings: Holdings

  constructor(options: EngineOptions) {
    const { settings, store, clock, instance, version, restarts = 0 } = options
    const { service } = settings
    const startedMs = clock.wallMs()
    const startMs = Math.min(options.read?.[0] ?? startedMs, startedMs)
    this.#options = options
    this.#time = new SteadyTime(clock)
    this.#turnedMs = startedMs
    this.#identity = identityOf(version, startedMs)
    this.#bound = new SeriesBound(settings.seriesLimit)
    this.#collector = new Collector(limits(settings.targets), this.#bound)
    this.#process = new ProcessMeter(clock)
    const { flushMs, shared: heartbeat } = store
    this.#outbox = new Outbox({ service, instance, identity: this.#identity, flushMs, heartbeat, startMs })
    this.#queue = new SaveQueue(store, clock)
    const lookbacksMs = lookbacksOf(settings.alerts.policies)
    this.#fleet = new Fleet({ store, clock, service, instance, lookbacksMs })
    this.#alerting = new Alerting({
      ...{ service, targets: settings.targets, options: settings.alerts, store, clock },
      notifiers: options.notifiers ?? [],
      ...(options.alertPage === undefined ? {} : { page: options.alertPage }),
      allowed: () => this.#tells,
      onEvent: options.onAlertEvent ?? (() => {}),
      onUnreadable: (text) => this.note(text),
    })
    this.#knowledge = new Knowledge({
      ...{ settings, store, instance, startMs, identity: this.#identity, time: this.#time },
      ...{ bound: this.#bound, examples: this.#examples, process: this.#process },
      ...{ fleet: this.#fleet, alerting: this.#alerting },
      cycle: () => this.#cycle,
      self: () => this.#self(),
      onError: (error) => this.note(`windows: ${String(error)}`),
    })
    this.#tenure = new Tenure({
      ...{ store, time: this.#time, fleet: this.#fleet, alerting: this.#alerting },
      ...{ knowledge: this.#knowledge, queue: this.#queue, startedMs, restarted: restarts > 0 },
      flush: () => this.flush(),
    })
    this.#meter = new SelfMeter(clock, options.mode)
    this.alerts = new AlertDesk({
      ...{ service, store, alerting: this.#alerting },
      judges: () => this.#tenure.judges,
      snapshot: () => this.answer(),
    })
    this.holdings = new Holdings({ store, clock, service })
  }

  /** What the last cycle knew. */
  get snapshot(): Snapshot {
    return this.#knowledge.snapshot
  }

  /** What is to be answered: what the holder of the service's lease knows, where it can be had. */
  async answer(): Promise<Snapshot> {
    const { kind } = this.#fleet.standing
    if (!this.#options.store.shared || kind === 'cut_off') return this.snapshot
    if (kind === 'holder') {
      // Until it has read back what all have saved, it knows less than the holder before it said.
      return (this.#tenure.judges ? undefined : this.#fleet.lastRead(this.#self())) ?? this.snapshot
    }
    try {
      return (await this.#fleet.read(() => this.#self())) ?? this.snapshot
    } catch (error) {
      this.note(`reading what the holder published: ${String(error)}`)
      return this.snapshot
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
    this.#tenure.listen()
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
    return this.#tenure.tend()
  }

  /** Lets the application write the other half of its tallies: what it counts from now on is for the next reading. */
  turn(): void {
    if (this.#tenure.takingOver) return
    // Turned twice without a reading, the half that waits for it would be made ready for writing again.
    if (this.#unread) return
    this.#unread = true
    this.#turnedMs = this.#time.read()
    this.#collector.turn()
  }

  /** Reads what came in until the last turn and works everything out. */
  cycle(): Snapshot {
    if (this.#tenure.takingOver) return this.snapshot
    const begun = this.#meter.begin()
    this.#unread = false
    const { figures } = this.#knowledge
    // When it turned, not now: what came since is not in these counts. Never backwards: a clock that was set back
    // counts into the newest slots until it has caught up.
    const atMs = Math.max(this.#turnedMs, figures.timeline.lastMs)
    this.#cycle++
    const collected = this.#collector.read()
    if (this.#options.read !== undefined) this.#options.read[0] = atMs
    figures.read(atMs, collected)
    this.#process.read(atMs, collected.slices, this.#collector.loops)
    const snapshot = this.#knowledge.take()
    const { verdicts, overall } = snapshot.window(this.#options.settings.window)
    this.#collector.showGrade(overall.letter === null ? 0 : LETTERS.indexOf(overall.letter) + 1)
    const point = figures.grades.note(atMs, verdicts, overall)
    if (point !== undefined) this.#bound.forget(figures.windows.forgetEmpty())
    // Of several instances only the one that sees all of them says what grade it was; its successor says the same.
    const events = point === undefined || !this.#tenure.judges ? [] : [gradeEvent(point)]
    this.#outbox.add(atMs, { ...collected, runtime: this.#process.reading }, events)
    this.#post()
    if (this.#tells) this.#alert(atMs)
    this.#alerting.delivery.drain()
    this.#meter.end(begun)
    return snapshot
  }

  /** Saves everything that was read, as far as the store lets it. */
  async flush(): Promise<void> {
    this.#post(true)
    await this.#queue.drain()
    await this.#queue.drain()
  }

  /** Saves what was found out and what became of notices, and gives up the lease, so that nobody need wait for it. */
  leave(): Promise<void> {
    return this.#tenure.leave()
  }

  /** Whether this process tells people. */
  get #tells(): boolean {
    return this.#tenure.judges || this.#tenure.alone
  }

  #alert(atMs: number): void {
    const { snapshot, figures } = this.#knowledge
    this.#alerting.step({
      atMs,
      verdicts: snapshot.window('1min').verdicts,
      lookback: figures.lookback,
      details: (found) => evidenceDetails(found, figures, this.#examples.list(atMs)),
    })
    if (this.#tenure.alone) this.#alerting.tellAlone(this.#fleet.othersSince(this.#identity.startedMs))
  }

  #post(force = false): void {
    const batch = this.#outbox.due(force)
    if (batch !== undefined) this.#queue.push(batch)
    void this.#queue.drain()
  }

  #self(): SelfReport {
    const { instance, store, version, mode, restarts = 0, settings, clock } = this.#options
    const { startedMs } = this.#identity
    return selfReport({
      ...{ instance, startedMs },
      ...{ store, version, mode, restarts, seriesLimit: settings.seriesLimit },
      uptimeMs: clock.wallMs() - startedMs,
      cycles: this.#cycle,
      nowMs: this.#time.lastMs,
      unreachable: this.#tenure.unreachable,
      ...{ meter: this.#meter, collector: this.#collector, bound: this.#bound, examples: this.#examples },
      ...{ queue: this.#queue, alerting: this.#alerting, errors: this.#errors, port: this.#portState },
      recorders: this.#recorders.all,
    })
  }
}
