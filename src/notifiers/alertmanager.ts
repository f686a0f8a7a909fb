import type { Notifier } from '../engine/delivery.ts'
import type { AlertmanagerOptions } from './alertmanager/notifier.ts'
import type { NotifierContext, NotifierSpec } from './spec.ts'

export type { AlertmanagerOptions }

/**
 * Hands alerts to a Prometheus Alertmanager (API v2), so that its grouping, silences, inhibitions and routes apply.
 *
 * @example
 * alertmanager({ url: 'http://alertmanager.internal:9093' })
 */
export function alertmanager(
  options: AlertmanagerOptions,
): NotifierSpec<'alertmanager', AlertmanagerOptions> {
  return { kind: 'alertmanager', options }
}

/** @throws YardstickError `YS_NOTIFIER` if the address is none of http or https */
export async function openAlertmanager(
  options: AlertmanagerOptions,
  context: NotifierContext,
): Promise<Notifier> {
  // The application's threads import this file for `alertmanager()`; they must not load the rest.
  const { AlertmanagerNotifier } = await import('./alertmanager/notifier.ts')
  return new AlertmanagerNotifier(options, context)
}
