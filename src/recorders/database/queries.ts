import type { Ledger } from '../../measure/ledger.ts'
import type { Operation } from '../../measure/operation.ts'
import { queryNames, UNKNOWN_QUERY } from '../../measure/query-names.ts'

/** Where drivers record queries. */
const DATABASE = 'database'
/**
 * Where pools record how long a caller waited for a connection. A component of its own: it says nothing about the
 * database, and thousands of waits of nothing would hide slow queries.
 */
export const DATABASE_WAIT = 'database_wait'

// One memory for all drivers of a thread: a service has few texts, and few drivers.
const names = queryNames(1000, true)

/** The operation of a query, named by what it does to which tables. Not a text: `(unknown)`. */
export function query(ledger: Ledger, sql: unknown): Operation {
  return ledger.leaf(DATABASE, typeof sql === 'string' ? names.name(sql) : UNKNOWN_QUERY)
}

/** The operation of something else that is asked of a database, by its name: `find users`. */
export function command(ledger: Ledger, name: string): Operation {
  return ledger.leaf(DATABASE, name)
}

/** The operation of waiting for a connection of a pool. */
export function wait(ledger: Ledger, library: string): Operation {
  return ledger.leaf(DATABASE_WAIT, library)
}
