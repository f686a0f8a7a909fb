import { YardstickError } from '../ground/errors.ts'
import type { StoreInspector } from './kept.ts'
import type { BuiltInSpec } from './open.ts'

// The stores that outlive a process: one line each.
const INSPECTORS = {
  sqlite: async (options: Extract<BuiltInSpec, { kind: 'sqlite' }>['options'], directory: string) =>
    (await import('./sqlite/inspector.ts')).SqliteInspector.open(options, directory),
  postgres: async (options: Extract<BuiltInSpec, { kind: 'postgres' }>['options']) =>
    (await import('./postgres/inspector.ts')).PostgresInspector.open(options),
}

/**
 * Opens a store to look into it; nothing of it is changed.
 *
 * @param directory where relative paths start
 * @throws YardstickError `YS_STORE_OPEN` if it is not there, or keeps nothing that another process could see
 */
export async function inspectStore(spec: BuiltInSpec, directory: string): Promise<StoreInspector> {
  if (spec.kind in INSPECTORS) {
    const kept = spec as Extract<BuiltInSpec, { kind: keyof typeof INSPECTORS }>
    const inspect = INSPECTORS[kept.kind] as (options: object, directory: string) => Promise<StoreInspector>
    return inspect(kept.options, directory)
  }
  throw new YardstickError(
    'YS_STORE_OPEN',
    `the store "${spec.kind}" keeps nothing that another process could see: expected one of ` +
      `${Object.keys(INSPECTORS).join(', ')}, or a path; name it with --store`,
  )
}
