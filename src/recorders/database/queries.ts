import type { Ledger } from '../../measure/ledger.ts'
import type { Operation } from '../../measure/operation.ts'
import { queryNames, UNKNOWN_QUERY } from '../../measure/query-names.ts'
import { RecentTexts } from '../../measure/recent-texts.ts'
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
const TEXTS = 1000
const names = queryNames(TEXTS, true)
/** What was found for a text: one look-up where its name, its component and its series take three. */
let found = new RecentTexts<Operation>(TEXTS)
/** Whose operations these are; there is one ledger in a thread. */
let finder: Ledger | undefined

/**
 * The operation of a query, named by what it does to which tables. Not a text: `(unknown)`. Of a table that was declared
 * to be a cache it is a call of that cache instead; `undefined` where the application tracks that itself.
 */
export function query(ledger: Ledger, sql: unknown): Operation | undefined {
  if (typeof sql !== 'string') return ledger.primitive(DATABASE, UNKNOWN_QUERY)
  if (ledger.layers.hasTables) return ofTable(ledger, names.name(sql))
  return (finder === ledger ? found.get(sql) : undefined) ?? find(ledger, sql)
}

function ofTable(ledger: Ledger, name: string): Operation | undefined {
  const call = tableCall(ledger, name)
  return call === undefined ? ledger.primitive(DATABASE, name) : cacheOperation(ledger, call.layer, call.name)
}

function find(ledger: Ledger, sql: string): Operation {
  if (finder !== ledger) {
    finder = ledger
    found = new RecentTexts(TEXTS)
  }
  const operation = ledger.primitive(DATABASE, names.name(sql))
  if (!operation.shared) found.set(sql, operation)
  return operation
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

/**
 * What a description of a query says under a name; nothing where a getter or a proxy of the application's throws: it is to
 * throw where it did.
 */
export function givenBy(described: unknown, name: string): unknown {
  try {
    return (described as Readonly<Record<string, unknown>> | null | undefined)?.[name]
  } catch {
    return undefined
  }
}
