import { separate } from './config/functions.ts'
import type { CodeOptions } from './config/options.ts'
import type { Yardstick } from './engine/yardstick.ts'
import { running } from './running.ts'
import { start } from './start.ts'
import { isOldNode, unmeasured } from './unmeasured.ts'

export type { CodeOptions as YardstickOptions } from './config/options.ts'
export type { AlertCallback } from './engine/alerting/alert-listeners.ts'
export type { AlertNews } from './engine/alerting/alert-news.ts'
export type {
  CacheLayer,
  CacheOperation,
  CacheOptions,
  DatabaseOptions,
  RecordOptions,
  UserOptions,
} from './engine/tracking.ts'
export type { Yardstick } from './engine/yardstick.ts'
export { ERRORS, type ErrorCode, YardstickError } from './ground/errors.ts'
export type { Logger } from './ground/logger.ts'
export type { Operation, Timing } from './measure/operation.ts'
export { type AlertmanagerOptions, alertmanager } from './notifiers/alertmanager.ts'
export { type EmailOptions, email } from './notifiers/email.ts'
export { type PagerdutyOptions, pagerduty } from './notifiers/pagerduty.ts'
export { type SlackOptions, slack } from './notifiers/slack.ts'
export type { NotifierSpec } from './notifiers/spec.ts'
export { type WebhookOptions, webhook } from './notifiers/webhook.ts'
export { type MemoryOptions, memory } from './stores/memory.ts'
export { type PostgresOptions, postgres } from './stores/postgres.ts'
export type { StoreSpec } from './stores/spec.ts'
export { type SqliteOptions, sqlite } from './stores/sqlite.ts'

/**
 * The Yardstick of this process: the one that the preload set up (`yardstick run`, `--import yardstick/register`), or
 * one that starts now. Call it as often as you like; it is always the same. Options take effect when they are given
 * before the engine starts, that is before the first server listens and the first operation is recorded; the
 * configuration file needs no such care. On a Node.js that is too old it says so once (`YS_NODE_VERSION`), and what it
 * gives runs your functions without measuring them.
 *
 * @throws YardstickError `YS_CONFIG` when the options are no object; `YS_CONFIG_FUNCTION` when one holds a function that
 * would have to run on the engine's thread. Other mistakes are found there: they are listed on stderr, and `ready()`
 * rejects with `YS_CONFIG`.
 * @example
 * import { yardstick } from 'yardstick'
 * export const ys = yardstick({ service: 'shop' })
 */
export function yardstick(options: CodeOptions = {}): Yardstick {
  const { data, functions } = separate(options)
  const now = running(isOldNode() ? unmeasured : start)
  if (functions.access !== undefined) now.yardstick.useAccess(functions.access)
  if (functions.onError !== undefined) now.hooks.onError = functions.onError
  if (functions.ignore !== undefined) now.http.ignoreIf = functions.ignore
  if (functions.user !== undefined) now.http.user = functions.user
  if (functions.logger !== undefined) now.hooks.logger = functions.logger
  if (Object.keys(data).length > 0 && !now.configure(data)) {
    now.logger.warn(
      'options given in code came too late: the engine was running already. Call yardstick({ … }) before the first ' +
        'server listens, or write them in yardstick.config.ts.',
    )
  }
  return now.yardstick
}
