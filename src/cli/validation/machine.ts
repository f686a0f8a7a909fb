import { canBecome } from '../launch.ts'
import { type Check, failed, noted, passed } from './check.ts'
import { checkSettings } from './settings-checks.ts'
import { storePlace, storeRoundTrip } from './store-checks.ts'

type Version = readonly [major: number, minor: number, patch: number]

const NEEDED: Version = [22, 18, 0]
/** From where `module.registerHooks` is sound, per line of releases. */
const SOUND_HOOKS: readonly Version[] = [
  [22, 22, 3],
  [24, 11, 1],
  [26, 0, 0],
]

/** What this Node has of the things that Yardstick makes use of. */
export function nodeChecks(version: string = process.versions.node): readonly Check[] {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const found: Version = [major, minor, patch]
  const needed = NEEDED.join('.')
  const what = `Node.js ${version}`
  return [
    atLeast(found, NEEDED)
      ? passed(what, `${needed} or newer is needed`)
      : failed(what, `${needed} or newer is needed: applications would run unmeasured. Update Node.js.`),
    canBecome()
      ? passed(
          'yardstick run starts the application in its own place',
          'same pid, signals, exit code and stdio',
        )
      : noted(
          'yardstick run starts the application beside itself',
          'it passes signals, messages and the exit code on',
        ),
    hasSoundHooks(found)
      ? passed('libraries that are ES modules only can be watched')
      : noted(
          'libraries that are ES modules only are not watched',
          'that needs Node.js 22.22.3, 24.11.1 or 26',
        ),
  ]
}

function hasSoundHooks(found: Version): boolean {
  const line = SOUND_HOOKS.find(([major]) => major === found[0])
  return line === undefined ? found[0] > SOUND_HOOKS.at(-1)![0] : atLeast(found, line)
}

function atLeast(found: Version, needed: Version): boolean {
  const at = found.findIndex((part, i) => part !== needed[i])
  return at === -1 || found[at]! > needed[at]!
}

/** The configuration that a service started here would get, and whether its figures could be kept. */
export async function configurationChecks({
  directory,
  scratch,
  config,
}: {
  readonly directory: string
  /** An empty folder. */
  readonly scratch: string
  /** Another file than would be found. */
  readonly config?: string | undefined
}): Promise<readonly Check[]> {
  const { settings, checks } = await checkSettings(directory, config)
  if (settings === undefined) return checks
  return [...checks, await storePlace(settings, directory), await storeRoundTrip(scratch)]
}
