import type { Notice } from '../../alerts/notice.ts'
import type { Notifier } from '../../engine/delivery.ts'
import type { Clock } from '../../ground/clock.ts'
import { addressOf } from '../address.ts'
import { post } from '../post.ts'
import type { NotifierContext } from '../spec.ts'
import { headerText } from '../wording.ts'
import { webhookBody } from './body.ts'
import { SIGNATURE_HEADER, signatureOf, TIMESTAMP_HEADER } from './signature.ts'

export interface WebhookOptions {
  /** Where to post; http or https. */
  readonly url: string
  /** Signs what is sent, at least 16 characters. Without one nothing is signed. */
  readonly secret?: string
  /** Sent along, e.g. an `authorization`. Values are treated as secrets. */
  readonly headers?: Readonly<Record<string, string>>
}

export class WebhookNotifier implements Notifier {
  readonly name: string
  readonly #url: URL
  readonly #secret: string | undefined
  readonly #headers: Readonly<Record<string, string>>
  readonly #clock: Clock

  constructor({ url, secret, headers = {} }: WebhookOptions, { name, clock }: NotifierContext) {
    this.name = name
    this.#url = addressOf(url, name)
    this.#secret = secret
    this.#headers = headers
    this.#clock = clock
  }

  async deliver(notice: Notice, signal: AbortSignal): Promise<void> {
    const body = webhookBody(notice)
    const timestamp = String(Math.floor(this.#clock.wallMs() / 1_000))
    const secret = this.#secret
    const signed: Record<string, string> =
      secret === undefined ? {} : { [SIGNATURE_HEADER]: signatureOf({ secret, timestamp, body }) }
    const headers = {
      ...this.#headers,
      'yardstick-notice': headerText(notice.id),
      [TIMESTAMP_HEADER]: timestamp,
      ...signed,
    }
    const secrets = [...Object.values(this.#headers), ...(secret === undefined ? [] : [secret])]
    const answer = await post({ url: this.#url, headers, body, signal, clock: this.#clock, secrets })
    await answer.body?.cancel()
  }
}
