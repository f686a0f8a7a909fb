import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { YardstickError } from '../ground/errors.ts'
import { schemeOf } from '../ground/scheme.ts'
import { withPreload } from './node-options.ts'

/** The options of `yardstick run`, as the command line has them. */
export interface RunOptions {
  readonly config?: string
  readonly service?: string
  /** `false`: open none. */
  readonly port?: number | boolean
  readonly store?: string
  readonly headers?: string
}

/**
 * The environment that an application gets: all of ours, the preload, and the options as YARDSTICK_… variables, by
 * which they reach its workers and child processes.
 *
 * @throws YardstickError `YS_RUN_OPTION` when the configuration file is not there.
 */
export function runEnvironment(
  options: RunOptions,
  preload: string,
  base: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): NodeJS.ProcessEnv {
  const { config, service, port, store, headers } = options
  return {
    ...base.env,
    NODE_OPTIONS: withPreload(preload, base.env.NODE_OPTIONS),
    ...(config === undefined ? {} : { YARDSTICK_CONFIG: configPath(config, base.cwd) }),
    ...(service === undefined ? {} : { YARDSTICK_RUN_SERVICE: service }),
    ...(port === undefined || port === true ? {} : { YARDSTICK_PORT: port === false ? 'off' : String(port) }),
    ...(store === undefined ? {} : { YARDSTICK_STORE: storePath(store, base.cwd) }),
    ...(headers === undefined ? {} : { YARDSTICK_HEADERS: headers }),
  }
}

function storePath(store: string, cwd: string): string {
  const isPath = store !== 'memory' && store !== 'sqlite' && schemeOf(store) === undefined
  return isPath ? resolve(cwd, store) : store
}

/** Absolute, for a child process may be elsewhere. */
function configPath(config: string, cwd: string): string {
  const path = resolve(cwd, config)
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path
  throw new YardstickError('YS_RUN_OPTION', `--config: expected a file, found none at ${path}.`)
}
