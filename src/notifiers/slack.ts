import type { Notifier } from '../engine/delivery.ts'
import type { SlackOptions } from './slack/options.ts'
import type { NotifierContext, NotifierSpec } from './spec.ts'

export type { SlackOptions }

/**
 * Tells a Slack channel: by an incoming webhook, or as a bot, which also threads what follows below the first message.
 *
 * @example
 * slack({ url: process.env.YARDSTICK_SLACK_URL })
 * slack({ token: process.env.YARDSTICK_SLACK_TOKEN, channel: 'C012AB3CD' })
 */
export function slack(options: SlackOptions): NotifierSpec<'slack', SlackOptions> {
  return { kind: 'slack', options }
}

/** @throws YardstickError `YS_NOTIFIER` if there is neither an address nor a bot's token with a channel */
export async function openSlack(options: SlackOptions, context: NotifierContext): Promise<Notifier> {
  // The application's threads import this file for `slack()`; they must not load the rest.
  const { openSlackNotifier } = await import('./slack/open.ts')
  return openSlackNotifier(options, context)
}
