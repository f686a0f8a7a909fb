import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Settings, StoreSettings } from '../../config/settings.ts'
import type { Store, StoredEvent } from '../../engine/store.ts'
import { systemClock } from '../../ground/clock.ts'
import { YardstickError } from '../../ground/errors.ts'
import { openStore } from '../../stores/open.ts'
import { type Check, failed, noted, passed } from './check.ts'
import { SERVICE } from './plan.ts'

/** Whether figures can be kept where the settings say. Leaves nothing behind, no file and no table. */
export async function storePlace({ store }: Settings, directory: string): Promise<Check> {
  switch (store.kind) {
    case 'memory':
      return noted('figures are kept in memory', 'a restart forgets them')
    case 'postgres':
      return postgresPlace(store)
    case 'sqlite':
      return filePlace(store, directory)
  }
}

async function postgresPlace({ options }: Extract<StoreSettings, { kind: 'postgres' }>): Promise<Check> {
  const what = 'figures can be kept in PostgreSQL'
  // Not above: it takes the database's library, which few that validate have.
  const { tryOut } = await import('../../stores/postgres/trial.ts')
  try {
    const { place, server, version, newestVersion } = await tryOut(options, SERVICE)
    const tables =
      version === 0
        ? 'the tables can be made, which the first process does'
        : version < newestVersion
          ? `tables of version ${version} are there, which the first process brings to ${newestVersion}`
          : 'a flush can be saved'
    return passed(what, `${place}, server ${server}: ${tables}`)
  } catch (error) {
    if (!(error instanceof YardstickError)) throw error
    return failed(what, `${error.message} [${error.code}]`)
  }
}

function filePlace({ options }: Extract<StoreSettings, { kind: 'sqlite' }>, directory: string): Check {
  const what = 'figures can be kept'
  const path = resolve(directory, options.path)
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

export async function storeRoundTrip(scratch: string): Promise<Check> {
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
