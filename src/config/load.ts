import { basename, resolve as resolvePath } from 'node:path'
import { CONFIG_VARIABLE, type Environment, readEnvironment, SERVICE_FLAG } from './environment.ts'
import { findConfigFile, loadConfigFile, packageName } from './file.ts'
import { type Problem, refuse } from './problems.ts'
import { read } from './read.ts'
import { resolve } from './resolve.ts'
import { optionsShape } from './schema.ts'
import type { Settings } from './settings.ts'

export interface LoadOptions {
  /** Where the application was started: the configuration file is looked for from here upwards. */
  readonly directory: string
  /** Usually `process.env`. */
  readonly environment: Environment
  /** Options given in code, without functions. */
  readonly options?: unknown
}

/**
 * The configuration as it holds, from code, environment, file and defaults. On the engine's thread only: it runs the
 * configuration file and loads the validator.
 *
 * @throws YardstickError `YS_CONFIG` with all problems at once; `YS_CONFIG_FILE` if the file cannot be read
 * @example
 * const settings = await loadSettings({ directory: process.cwd(), environment: process.env })
 */
export async function loadSettings({ directory, environment, options = {} }: LoadOptions): Promise<Settings> {
  const problems = { file: [] as Problem[], environment: [] as Problem[], code: [] as Problem[] }
  const { config, ...given } = options as { readonly config?: unknown }
  const flag = text(environment[SERVICE_FLAG])
  const inCode = flag === undefined ? given : { ...given, service: flag }
  const code = read(optionsShape, inCode, problems.code)
  const fromEnvironment = readEnvironment(environment, problems.environment)
  const path = configFile(config ?? environment[CONFIG_VARIABLE], directory)
  const file = path === undefined ? {} : read(optionsShape, await loadConfigFile(path), problems.file)
  const serviceName =
    text(environment.OTEL_SERVICE_NAME) ??
    (await packageName(directory)) ??
    (basename(directory) || 'service')

  const configured = path === undefined ? {} : { configFile: path }
  const settings = resolve(
    { file, environment: fromEnvironment, code },
    { serviceName, ...configured },
    problems,
  )
  refuse([
    { name: path ?? 'the defaults', problems: problems.file },
    { name: 'the environment', problems: problems.environment },
    { name: 'the options given in code', problems: problems.code },
  ])
  return settings
}

function configFile(wanted: unknown, directory: string): string | undefined {
  const given = text(wanted)
  if (given === undefined) return findConfigFile(directory)
  return given === 'off' ? undefined : resolvePath(directory, given)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
