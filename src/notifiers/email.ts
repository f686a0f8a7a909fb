import type { Notifier } from '../engine/delivery.ts'
import type { EmailOptions } from './email/options.ts'
import type { NotifierContext, NotifierSpec } from './spec.ts'

export type { EmailOptions }

/**
 * Sends mail by SMTP, HTML and plain text: one message a notice, threaded by group.
 *
 * @example
 * email({ host: 'smtp.example', user: 'yardstick', password: process.env.YARDSTICK_EMAIL_PASSWORD,
 *   from: 'yardstick@shop.example', to: 'oncall@shop.example' })
 */
export function email(options: EmailOptions): NotifierSpec<'email', EmailOptions> {
  return { kind: 'email', options }
}

export async function openEmail(options: EmailOptions, context: NotifierContext): Promise<Notifier> {
  // The application's threads import this file for `email()`; they must not load nodemailer.
  const { EmailNotifier } = await import('./email/notifier.ts')
  return new EmailNotifier(options, context)
}
