import { SafeMap } from '../../ground/safe-map.ts'
import type { CacheComponent } from '../../measure/cache-layers.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { HitOf } from '../libraries/instrument.ts'

/** What a statement is to a cache. */
const NAMES: ReadonlyMap<string, string> = new SafeMap([
  ['SELECT', 'get'],
  ['INSERT', 'set'],
  ['UPDATE', 'set'],
  ['UPSERT', 'set'],
  ['REPLACE', 'set'],
  ['MERGE', 'set'],
  ['DELETE', 'del'],
])

/** A query as a call of a cache. */
export interface TableCall {
  readonly layer: CacheComponent
  readonly name: string
}

/**
 * A query whose tables were all declared to be caches of one layer, as a call of that cache.
 *
 * @param summary as a series tells a query: `SELECT price_cache`
 */
export function tableCall({ layers }: Ledger, summary: string): TableCall | undefined {
  const [statement = '', ...tables] = summary.split(' ')
  // Written as the application wrote it: query builders write in lower case.
  const name = NAMES.get(statement.toUpperCase())
  const layer = layers.table(tables[0] ?? '')
  if (name === undefined || layer === undefined) return undefined
  return tables.every((table) => layers.table(table) === layer) ? { layer, name } : undefined
}

/** Whether a query found something: drivers give rows, an object with rows, one row or nothing. */
export const hasRows: HitOf = (result) => {
  if (result === undefined || result === null) return false
  if (Array.isArray(result)) return result.length > 0
  const { rows } = result as { readonly rows?: unknown }
  return Array.isArray(rows) ? rows.length > 0 : true
}
