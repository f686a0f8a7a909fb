import type { Ledger } from '../../measure/ledger.ts'
import type { Operation } from '../../measure/operation.ts'
import { queryNames, UNKNOWN_QUERY } from '../../measure/query-names.ts'
import { cacheOperation } from '../cache/layers.ts'
import type { HitOf } from '../libraries/instrument.ts'
import { hasRows, tableCall } from './cache-tables.ts'

/** Where drivers record queries. */
const DATABASE = 'database'
/**
 * Where pools record how long a caller waited for a connection. A component of its own: it says nothing about the
 * database, and thousands of waits of nothing would hide slow queries.
 */
const DATABASE_WAIT = 'database_wait'

// One memory for all drivers of a thread: a service has few texts, and few drivers.
const names = queryNames(1000, true)

/**
 * The operation of a query, named by what it does to which tables. Not a text: `(unknown)`. Of a table that was declared
 * to be a cache it is a call of that cache instead; `undefined` where the application tracks that itself.
 */
export function query(ledger: Ledger, sql: unknown): Operation | undefined {
  const name = typeof sql === 'string' ? names.name(sql) : UNKNOWN_QUERY
  const call = ledger.layers.hasTables ? tableCall(ledger, name) : undefined
  return call === undefined ? ledger.primitive(DATABASE, name) : cacheOperation(ledger, call.layer, call.name)
}

/** The operation of something else that is asked of a database, by its name: `find users`. */
export function command(ledger: Ledger, name: string): Operation {
  return ledger.primitive(DATABASE, name)
}

/** The operation of waiting for a connection of a pool. */
export function wait(ledger: Ledger, library: string): Operation {
  return ledger.primitive(DATABASE_WAIT, library)
}

/** Tells from its result whether a query has hit: for reads of a table that was declared to be a cache. */
export function rowsHit(ledger: Ledger, sql: unknown): HitOf | undefined {
  if (!ledger.layers.hasTables || typeof sql !== 'string') return undefined
  return tableCall(ledger, names.name(sql))?.name === 'get' ? hasRows : undefined
}
