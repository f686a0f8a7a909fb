import type { Notifier } from '../engine/delivery.ts'
import type { PagerdutyOptions } from './pagerduty/notifier.ts'
import type { NotifierContext, NotifierSpec } from './spec.ts'

export type { PagerdutyOptions }

/**
 * Opens, acknowledges and resolves incidents by PagerDuty's Events API v2: one event an alert, with the alert's id as
 * `dedup_key`.
 *
 * @example
 * pagerduty({ routingKey: process.env.YARDSTICK_PAGERDUTY_ROUTING_KEY })
 */
export function pagerduty(options: PagerdutyOptions): NotifierSpec<'pagerduty', PagerdutyOptions> {
  return { kind: 'pagerduty', options }
}

/** @throws YardstickError `YS_NOTIFIER` if the address is none of http or https */
export async function openPagerduty(options: PagerdutyOptions, context: NotifierContext): Promise<Notifier> {
  // The application's threads import this file for `pagerduty()`; they must not load the rest.
  const { PagerdutyNotifier } = await import('./pagerduty/notifier.ts')
  return new PagerdutyNotifier(options, context)
}
