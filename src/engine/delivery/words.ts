import { DeliveryError } from './delivery-error.ts'
import { redacted } from './redaction.ts'

const LONGEST = 300

/**
 * The error as it may be shown. One that does not say whether another attempt can help is taken for an outage: a
 * notice that comes late is better than none.
 */
export function wordsOf(error: unknown): DeliveryError {
  const message = redacted(error instanceof Error ? error.message : String(error)).slice(0, LONGEST)
  if (!(error instanceof DeliveryError)) return new DeliveryError(message, { retryable: true })
  const { retryable, retryAfterMs } = error
  return new DeliveryError(message, { retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
}
