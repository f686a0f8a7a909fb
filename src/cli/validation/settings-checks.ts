import { relative } from 'node:path'
import { loadSettings } from '../../config/load.ts'
import { misspelt } from '../../config/misspelt.ts'
import type { Settings } from '../../config/settings.ts'
import { YardstickError } from '../../ground/errors.ts'
import { type Check, failed, noted, passed } from './check.ts'

/** What is found out about a configuration; without settings where it is refused. */
export interface CheckedSettings {
  readonly settings?: Settings
  readonly checks: readonly Check[]
}

/** The configuration that a service started in `directory` would get; `config` names another file than would be found. */
export async function checkSettings(directory: string, config?: string): Promise<CheckedSettings> {
  let settings: Settings
  try {
    const options = config === undefined ? {} : { config }
    settings = await loadSettings({ directory, environment: process.env, options })
  } catch (error) {
    if (!(error instanceof YardstickError)) throw error
    return { checks: [failed('the configuration is valid', `${error.message} [${error.code}]`)] }
  }
  const { file, targets, service, disabled } = settings
  const where = file === undefined ? 'no file, so the defaults' : relative(directory, file)
  return {
    settings,
    checks: [
      passed('the configuration is valid', `${where}; service ${service}, ${targets.length} targets`),
      ...misspelt(targets).map((text) => noted('a target that may be misspelt', text)),
      ...(disabled
        ? [failed('Yardstick is switched on', 'it is disabled by YARDSTICK_DISABLED or the configuration')]
        : []),
    ],
  }
}
