import { SafeMap } from '../ground/safe-map.ts'
import { NAME_LENGTH } from './series-name.ts'
import { SQL_READ, summarizeSql } from './sql.ts'

/** The name of a query that holds no statement we know. */
export const UNKNOWN_QUERY = '(unknown)'
/** Characters remembered per text, on average: a query builder's long SELECT must fit, bulk inserts must not pile up. */
const AVERAGE = 1024

export interface QueryNames {
  /**
   * The name of a query's series. What holds white space, a quote or a semicolon is SQL and is summarised; anything
   * else is a name already, unless all are SQL.
   */
  readonly name: (query: string) => string
}

/**
 * Names queries, and remembers those it has named lately: the same text costs one look-up. The texts are keys in memory
 * as long as they are among the latest, and stored nowhere; those of over 8 192 characters are not kept at all.
 *
 * @param limit most texts remembered, default 1 000; together at most 1 024 characters times as many
 * @param allSql whether all texts are SQL, such as those that a driver gets; default `false`
 * @example
 * const names = queryNames()
 * names.name("SELECT * FROM users WHERE id = 7") // 'SELECT users'
 * names.name('user_lookup') // 'user_lookup'
 */
export function queryNames(limit: number = 1000, allSql: boolean = false): QueryNames {
  // Two generations instead of a list in order of use: a hit is one look-up and moves nothing.
  const most = Math.max(1, Math.floor(limit / 2))
  let young: Map<string, string> = new SafeMap()
  let old = young
  let characters = 0

  const remember = (query: string, name: string): string => {
    characters += query.length
    if (young.size >= most || characters > most * AVERAGE) {
      old = young
      young = new SafeMap()
      characters = query.length
    }
    young.set(query, name)
    return name
  }

  return {
    name: (query) => {
      if (query.length > SQL_READ) return describe(query)
      const known = young.get(query)
      if (known !== undefined) return known
      if (!allSql && !isSql(query)) return query
      const before = old.get(query)
      return remember(query, before ?? describe(query))
    },
  }
}

function describe(query: string): string {
  return summarizeSql(query, NAME_LENGTH) || UNKNOWN_QUERY
}

function isSql(query: string): boolean {
  for (let at = 0; at < query.length; at++) {
    const code = query.charCodeAt(at)
    if (code <= 32 || code === 34 || code === 39 || code === 59 || code === 0xa0) return true
  }
  return false
}
