import type { Notifier } from '../../engine/delivery.ts'
import { YardstickError } from '../../ground/errors.ts'
import type { NotifierContext } from '../spec.ts'
import { SlackBot } from './bot.ts'
import type { SlackOptions } from './options.ts'
import { SlackWebhook } from './webhook.ts'

export function openSlackNotifier({ url, token, channel }: SlackOptions, context: NotifierContext): Notifier {
  if (token !== undefined && channel !== undefined) {
    return new SlackBot({ token, channel, ...(url === undefined ? {} : { url }) }, context)
  }
  if (url !== undefined && token === undefined) return new SlackWebhook(url, context)
  throw new YardstickError(
    'YS_NOTIFIER',
    `Notifier "${context.name}": expected the url of an incoming webhook, or a bot's token with a channel.`,
  )
}
