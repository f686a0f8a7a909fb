import { YardstickError } from '../../ground/errors.ts'

/**
 * What a notifier throws: why a notice did not get through, in words that hold no secret.
 *
 * @example
 * throw new DeliveryError('answered 503', { retryable: true, retryAfterMs: 30_000 })
 */
export class DeliveryError extends YardstickError {
  /** Whether the same notice may get through later: the receiver is out of order, not the notice. */
  readonly retryable: boolean
  /** How long the receiver asked to be left alone. */
  readonly retryAfterMs: number | undefined

  // No cause: libraries put addresses, headers and log-ins into their errors, and a logger prints causes.
  constructor(
    message: string,
    { retryable, retryAfterMs }: { readonly retryable: boolean; readonly retryAfterMs?: number },
  ) {
    super('YS_NOTIFIER_FAILED', message)
    this.name = 'DeliveryError'
    this.retryable = retryable
    this.retryAfterMs = retryAfterMs
  }
}
