import type { Notice } from '../../alerts/notice.ts'
import type { Firing, Notifier } from '../../engine/delivery.ts'
import type { Clock } from '../../ground/clock.ts'
import { addressOf } from '../address.ts'
import { post } from '../post.ts'
import type { NotifierContext } from '../spec.ts'
import { alertsOfFiring, alertsOfNotice, type PostedAlert } from './alerts.ts'

export interface AlertmanagerOptions {
  /** Of the Alertmanager, as its own pages are reached: `http://alertmanager.internal:9093`. */
  readonly url: string
  /** Sent along, e.g. an `authorization`. Values are treated as secrets. */
  readonly headers?: Readonly<Record<string, string>>
}

export class AlertmanagerNotifier implements Notifier {
  readonly name: string
  readonly #url: URL
  readonly #headers: Readonly<Record<string, string>>
  readonly #clock: Clock

  constructor({ url, headers = {} }: AlertmanagerOptions, { name, clock }: NotifierContext) {
    this.name = name
    const address = addressOf(url, name)
    address.pathname = `${address.pathname.replace(/\/+$/, '')}/api/v2/alerts`
    this.#url = address
    this.#headers = headers
    this.#clock = clock
  }

  deliver(notice: Notice, signal: AbortSignal): Promise<void> {
    return this.#post(alertsOfNotice(notice, this.#clock.wallMs()), signal)
  }

  /** Alertmanager ends what it does not hear of again before its `endsAt`. */
  refresh(firing: Firing, signal: AbortSignal): Promise<void> {
    return this.#post(alertsOfFiring(firing, this.#clock.wallMs()), signal)
  }

  async #post(alerts: readonly PostedAlert[], signal: AbortSignal): Promise<void> {
    if (alerts.length === 0) return
    const answer = await post({
      url: this.#url,
      headers: this.#headers,
      body: JSON.stringify(alerts),
      signal,
      clock: this.#clock,
      secrets: Object.values(this.#headers),
    })
    await answer.body?.cancel()
  }
}
