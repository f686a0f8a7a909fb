import { randomUUID } from 'node:crypto'
import { ALERT_EVENT_KIND, type AlertEvent } from '../../alerts/event.ts'
import type { NoticeOutcome } from '../../alerts/history.ts'
import { storedEvent } from '../../alerts/stored-event.ts'
import { AlertWatch } from '../../alerts/watch.ts'
import { type Why, why } from '../../alerts/why.ts'
import type { DeadLetter, Delivery } from '../delivery.ts'
import { EVENTS_AHEAD_MS } from '../fleet/fleet.ts'
import { isOfStore } from '../save-queue.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Span, Store, StoredEvent } from '../store.ts'
import { alertEvent } from './alert-event.ts'
import type { Alerting } from './alerting.ts'
import { NOTICE_KIND, noticesIn, OUTCOME_KIND, outcomeOf, retryEvent } from './notice-events.ts'

const DAY_MS = 86_400_000
/** Whoever judges saves all that is known as one event every hour. */
const CHECKPOINT_MS = 2 * 3_600_000

export interface AlertDeskOptions {
  readonly service: string
  readonly store: Store
  readonly alerting: Alerting
  /** Whether what this process knows of alerts is all that is known. */
  readonly judges: () => boolean
  /** What is to be answered now. */
  readonly snapshot: () => Promise<Snapshot>
}

/** What people may ask of alerts and tell them, at whichever instance. */
export class AlertDesk {
  readonly #options: AlertDeskOptions
  /** What was read of the store last, and for which cycle. */
  #read: { readonly cycle: string; readonly watch: AlertWatch } | undefined

  constructor(options: AlertDeskOptions) {
    this.#options = options
  }

  /** The notifiers of this instance. */
  get delivery(): Delivery {
    return this.#options.alerting.delivery
  }

  /**
   * Sends a test notice at once.
   *
   * @throws as `Delivery.test` does
   */
  test(notifier: string): Promise<void> {
    return this.#options.alerting.test(notifier)
  }

  /** What happened to alerts in a span, oldest first, as it is saved: the same whichever instance is asked. */
  async events(span: Span): Promise<readonly AlertEvent[]> {
    const { store, service } = this.#options
    const events: AlertEvent[] = []
    for await (const { data } of store.events(service, span, { kinds: [ALERT_EVENT_KIND] })) {
      const event = storedEvent(data)
      if (event !== undefined) events.push(event)
    }
    return events
  }

  /** Which notices of a span were delivered, oldest first. */
  async outcomes(span: Span): Promise<readonly NoticeOutcome[]> {
    const { store, service } = this.#options
    const outcomes: NoticeOutcome[] = []
    for await (const stored of store.events(service, span, { kinds: [OUTCOME_KIND] })) {
      const outcome = outcomeOf(stored)
      if (outcome !== undefined) outcomes.push(outcome)
    }
    return outcomes
  }

  /** Notices of the last day that were given up on, by whichever instance. */
  async deadLetters(): Promise<readonly DeadLetter[]> {
    const { store, service, judges, snapshot } = this.#options
    if (judges()) return this.delivery.deadLetters
    const { atMs } = await snapshot()
    const stored: StoredEvent[] = []
    const span = { fromMs: atMs - DAY_MS, toMs: atMs + EVENTS_AHEAD_MS }
    const kinds = [NOTICE_KIND, OUTCOME_KIND]
    for await (const event of store.events(service, span, { kinds })) stored.push(event)
    return noticesIn(stored).dead
  }

  /** Has dead letters (those of these notice ids, or all) tried again by the instance that tells people; how many. */
  async retry(ids?: readonly string[]): Promise<number> {
    const { store, service, judges, snapshot } = this.#options
    if (judges()) return this.#options.alerting.retry(ids)
    const letters = await this.deadLetters()
    const wanted = letters.filter(({ notice }) => ids?.includes(notice.id) ?? true)
    const { atMs } = await snapshot()
    if (wanted.length > 0) await store.append(service, [retryEvent(randomUUID(), atMs, ids)])
    return wanted.length
  }

  /** Saves what somebody decided; whoever judges follows it within two seconds, this process at once if it is the one. */
  async decide(event: AlertEvent): Promise<void> {
    const { store, service, alerting, judges } = this.#options
    const stored = alertEvent(event)
    await store.append(service, [stored])
    this.#read = undefined
    if (judges()) alerting.hear(stored)
  }

  /** Alerts, silences and maintenance as they are now; what was known last while the store is out of reach. */
  async watch(): Promise<AlertWatch> {
    const { alerting, judges } = this.#options
    if (judges()) return alerting.watch
    const { instance, cycle, atMs } = await this.#options.snapshot()
    // Read once for all answers of a cycle, so that they agree and a dashboard costs the store no more.
    const name = `${instance} ${cycle}`
    if (this.#read?.cycle === name) return this.#read.watch
    try {
      const watch = await this.#folded(atMs)
      this.#read = { cycle: name, watch }
      return watch
    } catch (error) {
      if (!isOfStore(error)) throw error
      return this.#read?.watch ?? alerting.watch
    }
  }

  /** Why a target has an alert, or none, by policy. */
  async why(target: string): Promise<readonly Why[]> {
    const watch = await this.watch()
    const { atMs, window, lookback } = await this.#options.snapshot()
    return why(watch, target, { atMs, verdicts: window('1min').verdicts, lookback })
  }

  async #folded(atMs: number): Promise<AlertWatch> {
    const { service, targets, options } = this.#options.alerting.watch
    // No further than the one who judges reads: events count in the order of their times, and those of a clock that was
    // days ahead would win over what is so now.
    const toMs = atMs + EVENTS_AHEAD_MS
    let events = await this.events({ fromMs: atMs - CHECKPOINT_MS, toMs })
    if (!events.some(({ type }) => type === 'checkpoint'))
      events = await this.events({ fromMs: atMs - DAY_MS, toMs })
    const watch = new AlertWatch({ service, targets, options })
    for (const event of events) watch.book.apply(event)
    return watch
  }
}
