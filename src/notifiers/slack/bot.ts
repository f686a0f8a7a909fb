import type { Notice } from '../../alerts/notice.ts'
import { redacted } from '../../engine/delivery/redaction.ts'
import { DeliveryError, type Notifier } from '../../engine/delivery.ts'
import type { Clock } from '../../ground/clock.ts'
import { addressOf } from '../address.ts'
import { textOf } from '../answer-text.ts'
import { post } from '../post.ts'
import type { NotifierContext } from '../spec.ts'
import { messageOf } from './message.ts'
import { Threads } from './threads.ts'

const API_URL = 'https://slack.com/api/'
const MOST_ANSWER_BYTES = 65_536

// What Slack answers with status 200 when it is not in order itself; any other error is ours to mend.
const PASSING: readonly string[] = [
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]

/** A bot: what follows on a message goes into its thread, and what must not be missed into the channel as well. */
export class SlackBot implements Notifier {
  readonly name: string
  readonly #url: URL
  readonly #token: string
  readonly #channel: string
  readonly #clock: Clock
  readonly #threads = new Threads()

  constructor(
    bot: { readonly url?: string; readonly token: string; readonly channel: string },
    { name, clock }: NotifierContext,
  ) {
    this.name = name
    this.#url = addressOf(bot.url ?? API_URL, name)
    this.#url.pathname = `${this.#url.pathname.replace(/\/+$/, '')}/chat.postMessage`
    this.#token = bot.token
    this.#channel = bot.channel
    this.#clock = clock
  }

  async deliver(notice: Notice, signal: AbortSignal): Promise<void> {
    const thread = this.#threads.of(notice)
    const body = JSON.stringify({
      channel: this.#channel,
      ...messageOf(notice),
      ...(thread === undefined ? {} : { thread_ts: thread, reply_broadcast: notice.reason !== 'repeated' }),
    })
    const headers = {
      authorization: `Bearer ${this.#token}`,
      'content-type': 'application/json; charset=utf-8',
    }
    const secrets = [this.#token]
    const answer = await post({ url: this.#url, headers, body, signal, clock: this.#clock, secrets })
    const { ok, error, ts } = answered(await textOf(answer, { signal, most: MOST_ANSWER_BYTES }))
    if (ok !== true) {
      const said = typeof error === 'string' ? redacted(error, secrets).slice(0, 100) : 'something unreadable'
      throw new DeliveryError(`${this.#url.host} answered ${said}`, {
        retryable: typeof error !== 'string' || PASSING.includes(error),
      })
    }
    if (typeof ts === 'string') this.#threads.posted(notice, thread ?? ts)
  }
}

function answered(text: string): { readonly ok?: unknown; readonly error?: unknown; readonly ts?: unknown } {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? answer : {}
  } catch {
    return {}
  }
}
