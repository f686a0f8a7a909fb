import { createHmac, timingSafeEqual } from 'node:crypto'

export const TIMESTAMP_HEADER = 'yardstick-timestamp'
export const SIGNATURE_HEADER = 'yardstick-signature'
const SCHEME = 'v1='
const TOLERANCE_MS = 300_000

export function signatureOf(of: {
  readonly secret: string
  /** Seconds since the Unix epoch. */
  readonly timestamp: string
  readonly body: string | Uint8Array
}): string {
  const { secret, timestamp, body } = of
  return SCHEME + createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')
}

export interface WebhookRequest {
  readonly secret: string
  /** As Node.js or `fetch` has them. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** The bytes as they came: parsed and written again they are no longer what was signed. */
  readonly body: string | Uint8Array
  /** How old a request may be. Default: 5 minutes. */
  readonly toleranceMs?: number
  /** Default: now. */
  readonly nowMs?: number
}

export type WebhookVerdict = { readonly valid: true } | { readonly valid: false; readonly reason: string }

/**
 * Whether a request came from a Yardstick that knows the secret, unchanged and within the last minutes. Within them the
 * same request may be played again: drop notice ids that you have seen.
 *
 * @example
 * const verdict = verifyWebhook({ secret, headers: request.headers, body })
 * if (!verdict.valid) return response.writeHead(401).end(verdict.reason)
 */
export function verifyWebhook(request: WebhookRequest): WebhookVerdict {
  const { secret, headers, body, toleranceMs = TOLERANCE_MS, nowMs = Date.now() } = request
  const timestamp = headerOf(headers, TIMESTAMP_HEADER)
  const signature = headerOf(headers, SIGNATURE_HEADER)
  if (secret === '') return refused('no secret to verify with')
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp))
    return refused(`no ${TIMESTAMP_HEADER} header`)
  if (signature === undefined || !signature.startsWith(SCHEME))
    return refused(`no ${SIGNATURE_HEADER} header`)
  const expected = Buffer.from(signatureOf({ secret, timestamp, body }))
  const given = Buffer.from(signature)
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return refused('wrong signature')
  if (Math.abs(nowMs - Number(timestamp) * 1_000) > toleranceMs) return refused('too old, or from the future')
  return { valid: true }
}

function refused(reason: string): WebhookVerdict {
  return { valid: false, reason }
}

function headerOf(headers: WebhookRequest['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}
