import type { Notifier } from '../engine/delivery.ts'
import type { AlertmanagerOptions } from './alertmanager.ts'
import type { EmailOptions } from './email.ts'
import type { PagerdutyOptions } from './pagerduty.ts'
import type { SlackOptions } from './slack.ts'
import type { NotifierContext, NotifierSpec } from './spec.ts'
import type { WebhookOptions } from './webhook.ts'

// The built-in notifiers: one line each. A notifier's code is loaded when it is opened, by the engine's thread.
const NOTIFIERS = {
  slack: async (options: SlackOptions, context: NotifierContext): Promise<Notifier> =>
    (await import('./slack.ts')).openSlack(options, context),
  email: async (options: EmailOptions, context: NotifierContext): Promise<Notifier> =>
    (await import('./email.ts')).openEmail(options, context),
  webhook: async (options: WebhookOptions, context: NotifierContext): Promise<Notifier> =>
    (await import('./webhook.ts')).openWebhook(options, context),
  pagerduty: async (options: PagerdutyOptions, context: NotifierContext): Promise<Notifier> =>
    (await import('./pagerduty.ts')).openPagerduty(options, context),
  alertmanager: async (options: AlertmanagerOptions, context: NotifierContext): Promise<Notifier> =>
    (await import('./alertmanager.ts')).openAlertmanager(options, context),
}

export type NotifierKind = keyof typeof NOTIFIERS
export const NOTIFIER_KINDS: readonly NotifierKind[] = Object.keys(NOTIFIERS) as NotifierKind[]

/** What opens one of the built-in notifiers. */
export type BuiltInNotifierSpec = {
  readonly [Kind in NotifierKind]: NotifierSpec<Kind, Parameters<(typeof NOTIFIERS)[Kind]>[0]>
}[NotifierKind]

/**
 * Opens the notifiers of a configuration, each under its name.
 *
 * @throws YardstickError `YS_NOTIFIER` if an option of one is not valid
 * @example
 * const notifiers = await openNotifiers({ ops: slack({ url }) }, { clock: systemClock })
 */
export async function openNotifiers(
  specs: Readonly<Record<string, BuiltInNotifierSpec>>,
  { clock }: Omit<NotifierContext, 'name'>,
): Promise<readonly Notifier[]> {
  return Promise.all(Object.entries(specs).map(([name, spec]) => open(spec, { name, clock })))
}

function open(spec: BuiltInNotifierSpec, context: NotifierContext): Promise<Notifier> {
  const opener = NOTIFIERS[spec.kind] as (
    options: BuiltInNotifierSpec['options'],
    context: NotifierContext,
  ) => Promise<Notifier>
  return opener(spec.options, context)
}
