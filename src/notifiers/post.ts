import { DeliveryError } from '../engine/delivery/delivery-error.ts'
import { redacted } from '../engine/delivery/redaction.ts'
import type { Clock } from '../ground/clock.ts'
import { decoded, secretsOf } from './address.ts'
import { beginningOf } from './answer-text.ts'
import { retryAfterMs } from './retry-after.ts'

const LONGEST_SAID = 200

export interface Post {
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Besides what the address holds: never repeated, whatever the receiver answers. */
  readonly secrets?: readonly string[]
}

/**
 * Posts JSON. Resolves with the answer, whose body nobody has read yet, when its status is 2xx.
 *
 * @throws DeliveryError retryable for 408, 425, 429, 5xx and whatever goes wrong on the way; not for any other status
 */
export async function post({ url, headers, body, signal, clock, secrets = [] }: Post): Promise<Response> {
  const answer = await fetch(withoutLogin(url), {
    method: 'POST',
    body,
    signal,
    headers: headersOf(url, headers),
    // A redirect would carry notice, token and signature to somebody else.
    redirect: 'manual',
  }).catch((error: unknown) => {
    throw new DeliveryError(`${url.host}: ${signal.aborted ? 'no answer in time' : faultOf(error)}`, {
      retryable: true,
    })
  })
  if (answer.ok) return answer
  const { status } = answer
  // Cut last: half of a secret would not be known as one.
  const said = redacted(await beginningOf(answer, signal), [...secretsOf(url), ...secrets]).slice(
    0,
    LONGEST_SAID,
  )
  const waitMs = retryAfterMs(answer.headers.get('retry-after'), clock.wallMs())
  throw new DeliveryError(`${url.host} answered ${status}${said === '' ? '' : `: ${said}`}`, {
    retryable: status === 408 || status === 425 || status === 429 || status >= 500,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  })
}

/** What is given takes the place of ours, however it is spelt: of a name twice both values would be sent. */
function headersOf(url: URL, given: Post['headers'] = {}): Headers {
  const headers = new Headers({
    'content-type': 'application/json',
    'user-agent': 'yardstick',
    ...loginOf(url),
  })
  for (const [name, value] of Object.entries(given)) headers.set(name, value)
  return headers
}

/** `fetch` refuses addresses with a log-in in them. */
function withoutLogin(url: URL): URL {
  const plain = new URL(url)
  plain.username = ''
  plain.password = ''
  return plain
}

function loginOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {}
  const login = `${decoded(username)}:${decoded(password)}`
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` }
}

/** `fetch failed` says nothing; its cause does, and its code names no address. */
function faultOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { readonly code?: unknown } | undefined) : undefined
  return typeof cause?.code === 'string' ? `could not be reached (${cause.code})` : 'could not be reached'
}
