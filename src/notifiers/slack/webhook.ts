import type { Notice } from '../../alerts/notice.ts'
import type { Notifier } from '../../engine/delivery.ts'
import type { Clock } from '../../ground/clock.ts'
import { addressOf } from '../address.ts'
import { post } from '../post.ts'
import type { NotifierContext } from '../spec.ts'
import { messageOf } from './message.ts'

/** An incoming webhook: it can post, but neither thread nor change what was posted. */
export class SlackWebhook implements Notifier {
  readonly name: string
  readonly #url: URL
  readonly #clock: Clock

  constructor(url: string, { name, clock }: NotifierContext) {
    this.name = name
    this.#url = addressOf(url, name)
    this.#clock = clock
  }

  async deliver(notice: Notice, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(messageOf(notice))
    const answer = await post({ url: this.#url, body, signal, clock: this.#clock })
    await answer.body?.cancel()
  }
}
