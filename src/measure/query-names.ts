import { RecentTexts } from './recent-texts.ts'
import { NAME_LENGTH } from './series-name.ts'
import { SQL_READ, summarizeSql } from './sql.ts'

/** The name of a query that holds no statement we know. */
export const UNKNOWN_QUERY = '(unknown)'

export interface QueryNames {
  /**
   * The name of a query's series. What holds white space, a quote or a semicolon is SQL and is summarised; anything
   * else is a name already, unless all are SQL.
   */
  readonly name: (query: string) => string
}

/**
 * Names queries, and remembers those it has named lately: the same text costs one look-up.
 *
 * @param limit most texts remembered, default 1 000
 * @param allSql whether all texts are SQL, such as those that a driver gets; default `false`
 * @example
 * const names = queryNames()
 * names.name("SELECT * FROM users WHERE id = 7") // 'SELECT users'
 * names.name('user_lookup') // 'user_lookup'
 */
export function queryNames(limit: number = 1000, allSql: boolean = false): QueryNames {
  const known = new RecentTexts<string>(limit)
  return {
    name: (query) => {
      const before = known.get(query)
      if (before !== undefined) return before
      if (!allSql && query.length <= SQL_READ && !isSql(query)) return query
      const name = describe(query)
      known.set(query, name)
      return name
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
