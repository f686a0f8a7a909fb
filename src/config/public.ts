// The subpath `yardstick/config`: what a configuration file needs, and nothing that costs anything to load.
import type { Options } from './options.ts'

export { defaults } from './default-options.ts'
export type {
  AccessOptions,
  DurationOption,
  GradeOptions,
  Options,
  ShareOption,
  StoreOption,
  StoreOptions,
  TargetOptions,
} from './options.ts'

/**
 * Gives a configuration its types; returns it as it is.
 *
 * @example
 * export const config = defineConfig({ targets: [{ component: 'database', p95: '20ms' }] })
 */
export function defineConfig(config: Options): Options {
  return config
}
