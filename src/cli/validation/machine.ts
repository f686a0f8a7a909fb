import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { loadSettings } from '../../config/load.ts'
import type { Settings } from '../../config/settings.ts'
import type { Store, StoredEvent } from '../../engine/store.ts'
import { systemClock } from '../../ground/clock.ts'
import { YardstickError } from '../../ground/errors.ts'
import { openStore } from '../../stores/open.ts'
import { canBecome } from '../launch.ts'
import { type Check, failed, noted, passed } from './check.ts'
import { SERVICE } from './plan.ts'

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
export async function configurationChecks(directory: string, scratch: string): Promise<readonly Check[]> {
  let settings: Settings
  try {
    settings = await loadSettings({ directory, environment: process.env })
  } catch (error) {
    if (!(error instanceof YardstickError)) throw error
    return [failed('the configuration is valid', `${error.message} [${error.code}]`)]
  }
  const { file, targets, service, disabled } = settings
  const where = file === undefined ? 'no file, so the defaults' : relative(directory, file)
  return [
    passed('the configuration is valid', `${where}; service ${service}, ${targets.length} targets`),
    ...(disabled
      ? [failed('Yardstick is switched on', 'it is disabled by YARDSTICK_DISABLED or the configuration')]
      : []),
    storePlace(settings, directory),
    await storeRoundTrip(scratch),
  ]
}

/** Looks only: a check must not leave a file in somebody's project. */
function storePlace({ store }: Settings, directory: string): Check {
  const what = 'figures can be kept'
  if (store.kind === 'memory') return noted('figures are kept in memory', 'a restart forgets them')
  if (store.kind === 'postgres') {
    return noted('figures are kept in PostgreSQL', 'whether it can be reached, the running service says')
  }
  const path = resolve(directory, store.options.path)
  const shown = relative(directory, path)
  const there = existing(path)
  if (there !== path && !statSync(there).isDirectory()) {
    return failed(what, `${shown}: ${there} is no folder. Set the store to another path or "memory".`)
  }
  try {
    accessSync(there, constants.W_OK)
    return passed(what, shown)
  } catch {
    return failed(
      what,
      `${shown}: ${there} is not writable. Make it so, or set the store to another path or "memory".`,
    )
  }
}

function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path))
}

async function storeRoundTrip(scratch: string): Promise<Check> {
  const what = 'SQLite gives back what was saved, after closing and opening'
  const warnings: string[] = []
  const logger = { info: () => {}, warn: (message: string) => void warnings.push(message) }
  const open = (): Promise<Store> =>
    openStore(
      { kind: 'sqlite', options: { path: join(scratch, 'validation.db') } },
      { clock: systemClock, logger, directory: scratch },
    )
  const atMs = systemClock.wallMs()
  const events = [{ id: 'answer', atMs, kind: 'validation', data: { answer: 42 } }]
  try {
    const store = await open()
    await store.append(SERVICE, events)
    await store.close()
    const again = await open()
    const found: StoredEvent[] = []
    for await (const event of again.events(SERVICE, { fromMs: atMs - 1000, toMs: atMs + 1 }))
      found.push(event)
    await again.close()
    const same = JSON.stringify(found) === JSON.stringify(events)
    if (same && warnings.length === 0) return passed(what)
    return failed(
      what,
      warnings.join(' ') || `saved ${JSON.stringify(events)}, found ${JSON.stringify(found)}`,
    )
  } catch (error) {
    return failed(what, error instanceof Error ? error.message : String(error))
  }
}
