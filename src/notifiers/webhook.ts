import type { Notifier } from '../engine/delivery.ts'
import type { NotifierContext, NotifierSpec } from './spec.ts'
import type { WebhookOptions } from './webhook/notifier.ts'

export type { WebhookOptions }

/**
 * Posts each notice as JSON, signed, to an address of yours. `verifyWebhook` of `yardstick/webhook` checks signature
 * and age on the other side.
 *
 * @example
 * webhook({ url: 'https://ops.example/yardstick', secret: process.env.YARDSTICK_WEBHOOK_SECRET })
 */
export function webhook(options: WebhookOptions): NotifierSpec<'webhook', WebhookOptions> {
  return { kind: 'webhook', options }
}

/** @throws YardstickError `YS_NOTIFIER` if the address is none of http or https */
export async function openWebhook(options: WebhookOptions, context: NotifierContext): Promise<Notifier> {
  // The application's threads import this file for `webhook()`; they must not load the rest.
  const { WebhookNotifier } = await import('./webhook/notifier.ts')
  return new WebhookNotifier(options, context)
}
