import type { Notice } from '../../alerts/notice.ts'
import type { Notifier } from '../../engine/delivery.ts'
import type { Clock } from '../../ground/clock.ts'
import { addressOf } from '../address.ts'
import { post } from '../post.ts'
import type { NotifierContext } from '../spec.ts'
import { eventsOf } from './events.ts'

const EVENTS_URL = 'https://events.pagerduty.com/v2/enqueue'

export interface PagerdutyOptions {
  /** Of an Events API v2 integration: 32 characters. */
  readonly routingKey: string
  /** Default: `https://events.pagerduty.com/v2/enqueue`; `https://events.eu.pagerduty.com/v2/enqueue` in Europe. */
  readonly url?: string
}

export class PagerdutyNotifier implements Notifier {
  readonly name: string
  readonly #url: URL
  readonly #routingKey: string
  readonly #clock: Clock

  constructor({ routingKey, url = EVENTS_URL }: PagerdutyOptions, { name, clock }: NotifierContext) {
    this.name = name
    this.#url = addressOf(url, name)
    this.#routingKey = routingKey
    this.#clock = clock
  }

  /** When one of several events fails all are sent again: by their `dedup_key` the first ones change nothing. */
  async deliver(notice: Notice, signal: AbortSignal): Promise<void> {
    for (const event of eventsOf(notice)) {
      const body = JSON.stringify({ routing_key: this.#routingKey, ...event })
      const answer = await post({
        url: this.#url,
        body,
        signal,
        clock: this.#clock,
        secrets: [this.#routingKey],
      })
      await answer.body?.cancel()
    }
  }
}
