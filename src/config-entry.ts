// The subpath `yardstick/config`: what a configuration file needs, and nothing that costs anything to load.
import type { Options } from './config/options.ts'

export type {
  AlertsOptions,
  GraceOptions,
  MaintenanceOptions,
  PairOptions,
  PolicyOptions,
  QuietHoursOptions,
  RouteOptions,
} from './config/alert-options.ts'
export { defaults } from './config/default-options.ts'
export type { NotifierOption } from './config/notifier-options.ts'
export type {
  AccessOptions,
  DurationOption,
  GradeOptions,
  Options,
  ShareOption,
  StoreOption,
  StoreOptions,
  TargetOptions,
} from './config/options.ts'
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
 * Gives a configuration its types; returns it as it is.
 *
 * @example
 * export const config = defineConfig({ targets: [{ component: 'database', p95: '20ms' }] })
 */
export function defineConfig(config: Options): Options {
  return config
}
