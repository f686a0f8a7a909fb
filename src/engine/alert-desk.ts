import { ALERT_EVENT_KIND, type AlertEvent } from '../alerts/event.ts'
import { AlertWatch } from '../alerts/watch.ts'
import { type Why, why } from '../alerts/why.ts'
import { type Alerting, alertEvent } from './alerting.ts'
import type { Delivery } from './delivery.ts'
import type { Snapshot } from './snapshot.ts'
import type { Span, Store } from './store.ts'

const DAY_MS = 86_400_000

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

  constructor(options: AlertDeskOptions) {
    this.#options = options
  }

  /** The notifiers of this instance. */
  get delivery(): Delivery {
    return this.#options.alerting.delivery
  }

  /** What happened to alerts in a span, oldest first, as it is saved: the same whichever instance is asked. */
  async events(span: Span): Promise<readonly AlertEvent[]> {
    const { store, service } = this.#options
    const events: AlertEvent[] = []
    for await (const { kind, data } of store.events(service, span)) {
      if (kind === ALERT_EVENT_KIND) events.push(data as AlertEvent)
    }
    return events
  }

  /** Saves what somebody decided; whoever judges follows it within two seconds, this process at once if it is the one. */
  async decide(event: AlertEvent): Promise<void> {
    const { store, service, alerting, judges } = this.#options
    const stored = alertEvent(event)
    await store.append(service, [stored])
    if (judges()) alerting.hear(stored)
  }

  /** Alerts, silences and maintenance as they are now. */
  async watch(): Promise<AlertWatch> {
    const { alerting, judges } = this.#options
    if (judges()) return alerting.watch
    const { service, targets, options } = alerting.watch
    const watch = new AlertWatch({ service, targets, options })
    const { atMs } = await this.#options.snapshot()
    // A day suffices: whoever judges saves all that is known as one event every hour.
    const span = { fromMs: atMs - DAY_MS, toMs: Number.MAX_SAFE_INTEGER }
    for (const event of await this.events(span)) watch.book.apply(event)
    return watch
  }

  /** Why a target has an alert, or none, by policy. */
  async why(target: string): Promise<readonly Why[]> {
    const watch = await this.watch()
    const { atMs, window } = await this.#options.snapshot()
    return why(watch, target, { atMs, verdicts: window('1min').verdicts })
  }
}
