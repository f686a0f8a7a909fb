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
  #begun: { readonly notice: string; readonly sent: number } | undefined

  constructor({ routingKey, url = EVENTS_URL }: PagerdutyOptions, { name, clock }: NotifierContext) {
    this.name = name
    this.#url = addressOf(url, name)
    this.#routingKey = routingKey
    this.#clock = clock
  }

  /**
   * When one of several events fails the next attempt goes on from there: many take longer than an attempt may. Should it
   * be another process's, all are sent again: by their `dedup_key` the first ones change nothing.
   */
  async deliver(notice: Notice, signal: AbortSignal): Promise<void> {
    const sent = this.#begun?.notice === notice.id ? this.#begun.sent : 0
    for (const [at, event] of eventsOf(notice).entries()) {
      if (at < sent) continue
      const body = JSON.stringify({ routing_key: this.#routingKey, ...event })
      const answer = await post({
        url: this.#url,
        body,
        signal,
        clock: this.#clock,
        secrets: [this.#routingKey],
      })
      await answer.body?.cancel()
      this.#begun = { notice: notice.id, sent: at + 1 }
    }
    this.#begun = undefined
  }
}
