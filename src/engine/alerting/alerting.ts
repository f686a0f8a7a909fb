import { type FiringAlert, rankOf } from '../../alerts/alert.ts'
import { starting } from '../../alerts/commands.ts'
import { type Due, withPage } from '../../alerts/due.ts'
import { ALERT_EVENT_KIND, type AlertEvent, isHuman } from '../../alerts/event.ts'
import type { AlertPage } from '../../alerts/notice.ts'
import { type AlertOptions, defaultRoute } from '../../alerts/options.ts'
import { storedEvent } from '../../alerts/stored-event.ts'
import { type AlertInput, AlertWatch } from '../../alerts/watch.ts'
import type { Clock } from '../../ground/clock.ts'
import { formatDuration } from '../../ground/duration.ts'
import type { Target } from '../../targets/target.ts'
import { type DeadLetter, Delivery, type Notifier } from '../delivery.ts'
import type { Store, StoredEvent } from '../store.ts'
import { alertEvent, isCheckpoint } from './alert-event.ts'
import {
  isUnreadable,
  NOTICE_KIND,
  noticesIn,
  OUTCOME_KIND,
  outcomeOf,
  retriesOf,
  settledBy,
} from './notice-events.ts'
import { retried } from './retried.ts'
import { adopted, TOLD_ALONE_KIND, toldAloneIn } from './told-alone.ts'
import { Unsaved } from './unsaved.ts'

/** A notice without an outcome that is older is not told any more. */
const TELL_MS = 3_600_000
const TOO_LATE = `it was not delivered within ${formatDuration(TELL_MS)}, and whoever tried has ended`
const DAY_MS = 86_400_000
/** For so long before the last day notices are looked for that still wait, where some instance lived meanwhile. */
const WAITING_MS = 2 * DAY_MS
const CHECKPOINT_MS = 3_600_000
/** Ids of events that were heard: the oldest are forgotten. */
const MOST_HEARD = 10_000

export interface AlertingOptions {
  readonly service: string
  readonly targets: readonly Target[]
  readonly options: AlertOptions
  readonly store: Store
  readonly clock: Clock
  readonly notifiers: readonly Notifier[]
  /** Notices link to it. Default: no link. */
  readonly page?: AlertPage
  /** Whether this process may tell people: it holds the lease, or is the last that did while the store is gone. */
  readonly allowed: () => boolean
  /** Hears of every event once it is saved, or told without. */
  readonly onEvent: (event: AlertEvent) => void
  /** Hears of stored events that cannot be read, and are passed over. */
  readonly onUnreadable: (text: string) => void
}

/** Alerts of the instance that judges: watches targets, saves what happens and tells people of it. */
export class Alerting {
  readonly delivery: Delivery
  readonly #options: AlertingOptions
  #watch: AlertWatch
  readonly #unsaved: Unsaved
  readonly #heard = new Set<string>()
  #checkpointMs = Number.NEGATIVE_INFINITY
  #unreadable = 0

  constructor(options: AlertingOptions) {
    const { service, store, clock, notifiers, allowed, onEvent } = options
    this.#options = options
    this.#watch = this.#newWatch()
    this.#unsaved = new Unsaved({
      ...{ service, store, clock, onEvent },
      deliver: (notifier, notice) => this.delivery.push(notifier, notice),
    })
    this.delivery = new Delivery({
      clock,
      notifiers,
      allowed,
      onOutcome: (outcome) => this.#unsaved.became(outcome),
    })
  }

  get watch(): AlertWatch {
    return this.#watch
  }

  /** The alerts that fire, the most severe and oldest first. */
  get firing(): readonly FiringAlert[] {
    return this.#watch.book.firing.toSorted(
      (one, other) => rankOf(other.severity) - rankOf(one.severity) || one.firedMs - other.firedMs,
    )
  }

  /** Events that were never saved, because the store was out of reach for too long. */
  get dropped(): number {
    return this.#unsaved.dropped
  }

  /** Stored events that could not be read and were passed over, each time that they were met. */
  get unreadable(): number {
    return this.#unreadable
  }

  /**
   * Begins with what was saved.
   *
   * @param day the last day's events
   * @param attend renews the lease, when that is due: what is older may take longer than its term
   */
  async recall(day: readonly StoredEvent[], nowMs: number, attend: () => Promise<unknown>): Promise<void> {
    const isWhole = day.some(isCheckpoint)
    const older = await this.#before(nowMs - DAY_MS, isWhole, attend)
    const stored = [...older, ...day]
    this.retire()
    // Soon everybody needs the last day only again.
    if (!isWhole && older.length > 0) this.#checkpointMs = 0
    this.#watch = this.#newWatch()
    const left = this.#unsaved.takeLeft()
    for (const each of stored) {
      const { id, atMs, kind, data } = each
      if (kind === ALERT_EVENT_KIND) {
        this.#unsaved.follow(each)
        this.#remember(id)
        const event = storedEvent(data)
        if (event === undefined) this.#passOver(id)
        else this.#watch.book.apply(event)
      } else if (kind === TOLD_ALONE_KIND) {
        this.#remember(id)
        if (atMs > nowMs - TELL_MS) left.push(...this.#toldAlone(each))
      } else if (isUnreadable(each)) this.#passOver(id)
    }
    const { names } = this.delivery
    const { open, dead } = noticesIn(stored)
    const isKept = ({ notifier, notice }: DeadLetter): boolean =>
      names.includes(notifier) && notice.atMs > nowMs - DAY_MS
    this.delivery.bury(dead.filter(isKept))
    for (const { notifier, notice } of open) {
      if (!names.includes(notifier)) continue
      if (notice.atMs > nowMs - TELL_MS) this.delivery.push(notifier, notice)
      // Kept as a dead letter: people see it, and can have it tried again.
      else this.delivery.giveUp(notifier, notice, TOO_LATE)
    }
    this.#adopt(left)
  }

  /** Another instance judges: what waits here, saved or not, is its to tell. */
  retire(): void {
    this.#unsaved.retire()
    this.delivery.abandon()
  }

  /** As `Unsaved.handOver`. */
  handOver(atMs: number): Promise<void> {
    return this.#unsaved.handOver(atMs)
  }

  /** The service has started: not one more process of it. */
  started(atMs: number): void {
    const event = starting({ atMs })
    this.#watch.book.apply(event)
    this.#note([event], [])
  }

  /** One second of all targets. */
  step(input: AlertInput): void {
    const { atMs } = input
    const events = [...this.#watch.step(input)]
    const { service, page } = this.#options
    const dues = this.#watch.due({ atMs, now: input, ...(page === undefined ? {} : { page }) })
    for (const { said } of dues) this.#watch.book.apply(said)
    if (atMs - this.#checkpointMs >= CHECKPOINT_MS) {
      // The first hour's begins with what was recalled: nothing is older then.
      if (Number.isFinite(this.#checkpointMs)) events.push(this.#watch.checkpoint(atMs))
      this.#checkpointMs = atMs
    }
    if (events.length > 0 || dues.length > 0) this.#note(events, dues)
    this.delivery.firing((notifier) => {
      const alerts = this.#watch.told(notifier).map((alert) => withPage(alert, page))
      return { service, alerts, ...(page === undefined ? {} : { url: page() }) }
    })
  }

  /**
   * Sends a test notice at once.
   *
   * @throws as `Delivery.test` does
   */
  test(notifier: string): Promise<void> {
    const { service, page } = this.#options
    return this.delivery.test(notifier, { service, ...(page === undefined ? {} : { url: page() }) })
  }

  /** As `Delivery.retry`, with what has ended since as ended. */
  retry(ids?: readonly string[]): number {
    return this.delivery.retry(ids, (notice) => retried(notice, this.#watch.book))
  }

  /** What somebody decided, told alone or delivered, from wherever: heard once. */
  hear(stored: StoredEvent, judging = true): void {
    if (this.#heard.has(stored.id)) return
    if (isUnreadable(stored)) {
      this.#passOver(stored.id)
      return
    }
    const outcome = outcomeOf(stored)
    if (outcome !== undefined) {
      const { notifier, notice, result } = outcome
      if (judging && result.kind !== 'dead') this.delivery.deliveredElsewhere(notifier, notice)
      return
    }
    const retries = retriesOf(stored)
    if (retries === undefined && stored.kind !== ALERT_EVENT_KIND && stored.kind !== TOLD_ALONE_KIND) return
    this.#remember(stored.id)
    if (retries !== undefined) {
      if (judging) this.retry(retries === 'all' ? undefined : retries)
      return
    }
    if (stored.kind === TOLD_ALONE_KIND) {
      if (judging) this.#adopt(this.#toldAlone(stored))
      return
    }
    const event = storedEvent(stored.data)
    if (event === undefined) {
      this.#passOver(stored.id)
      return
    }
    const isLast = this.#unsaved.follow(stored)
    // What this process itself, or its predecessor, found out is known already.
    if (isHuman(event)) {
      this.#watch.book.apply(event)
      // By a clock behind that of what was saved before: who restores would take it for older than that.
      if (!isLast) this.#checkpointMs = 0
    }
    this.#options.onEvent(event)
  }

  /** As `Unsaved.tell`. */
  async tell(token: bigint): Promise<boolean> {
    if (await this.#unsaved.tell(token)) return true
    this.retire()
    return false
  }

  /** As `Unsaved.tellAlone`. */
  tellAlone(others: boolean): void {
    this.#unsaved.tellAlone(others)
  }

  /**
   * A service may have stood still for days: what fired then, and what people decided for weeks, is as it was. A notice that
   * waited then, or behind others for a receiver that is out of order, is given up on.
   *
   * @param isWhole whether all that is known of alerts is in what came after
   */
  async #before(
    toMs: number,
    isWhole: boolean,
    attend: () => Promise<unknown>,
  ): Promise<readonly StoredEvent[]> {
    const { store, service } = this.#options
    const span = { fromMs: isWhole ? toMs - WAITING_MS : 0, toMs }
    const kinds = [...(isWhole ? [] : [ALERT_EVENT_KIND]), NOTICE_KIND, OUTCOME_KIND]
    const stored = new Map<string, StoredEvent>()
    for await (const event of store.events(service, span, { kinds })) {
      // Let go of as they come, together with their notices: those are the most, and the largest.
      const settled = settledBy(event)
      if (settled === undefined) stored.set(event.id, event)
      else stored.delete(settled)
      await attend()
    }
    return [...stored.values()]
  }

  #toldAlone({ id, data }: StoredEvent): readonly AlertEvent[] {
    const events = toldAloneIn(data)
    if (events.includes(undefined)) this.#passOver(id)
    return events.filter((event) => event !== undefined)
  }

  #passOver(id: string): void {
    this.#remember(id)
    this.#unreadable++
    this.#options.onUnreadable(`the stored event "${id.slice(0, 100)}" cannot be read; it is passed over`)
  }

  #adopt(events: readonly AlertEvent[]): void {
    const unheard = events.filter((event) => !this.#heard.has(alertEvent(event).id))
    const news = adopted(this.#watch.book, unheard)
    if (news.length > 0) this.#note(news, [])
  }

  #note(events: readonly AlertEvent[], dues: readonly Due[]): void {
    const all = [...events, ...dues.map(({ said }) => said)]
    for (const event of all) this.#remember(alertEvent(event).id)
    this.#unsaved.add(all, dues)
  }

  #newWatch(): AlertWatch {
    const { service, targets, options, notifiers } = this.#options
    const routed = new Set(options.routes.map(({ notifier }) => notifier))
    const others = notifiers.filter(({ name }) => !routed.has(name)).map(({ name }) => defaultRoute(name))
    return new AlertWatch({
      service,
      targets,
      options: { ...options, routes: [...options.routes, ...others] },
    })
  }

  #remember(id: string): void {
    this.#heard.add(id)
    if (this.#heard.size > MOST_HEARD) this.#heard.delete(this.#heard.values().next().value!)
  }
}
