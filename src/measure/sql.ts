import { SqlScanner } from './sql-scanner.ts'
import { SqlSummary } from './sql-summary.ts'

/** Characters of a query that are read; what a statement does is said at its beginning. */
export const SQL_READ = 8192
const SUMMARY_LENGTH = 255
/** From this length on an INSERT is a bulk one: its values are most of it, and none of its name. */
const BULK = 2048

/**
 * What a query does to which tables, in few words and without any of its values: the name of its series. Reads
 * PostgreSQL, MySQL, SQLite and SQL Server; at most the first 8 192 characters. Rule: OpenTelemetry, `db.query.summary`.
 * Beyond it: quotes that a name does not need are left out, digits of four or more are `?`, and names that the
 * query gives to its own parts (WITH) are no tables.
 *
 * @param limit longest summary, default 255; tables that do not fit whole are left out
 * @returns the empty string where no statement was recognised
 * @example
 * summarizeSql("SELECT * FROM users u JOIN orders o ON o.user = u.id WHERE u.name = 'Ann'") // 'SELECT users orders'
 */
export function summarizeSql(text: string, limit: number = SUMMARY_LENGTH): string {
  const scanner = new SqlScanner(text, SQL_READ)
  const summary = new SqlSummary(limit, text.length > BULK)
  while (!summary.complete) {
    const kind = scanner.next(summary.named)
    if (kind === 'end') break
    if (kind === 'literal' || kind === 'parameter') summary.take(kind, '')
    else if (kind !== 'blank' && kind !== 'comment') summary.take(kind, scanner.slice)
  }
  return summary.text()
}

/**
 * A query without its values: texts, numbers, `true`, `false` and numbered parameters are `?`, comments are gone, lists
 * of values after IN are one `?`. Rule: OpenTelemetry, sanitising `db.query.text`.
 *
 * Double quotes hold a name in most databases and a text in MySQL: what they hold is kept only where a table's
 * name must stand or beside a dot. Where nothing certain can be said of the rest, it is one `?`.
 *
 * @returns at most 8 193 characters; `…` at the end where the query went on
 * @example
 * sanitizeSql("SELECT name FROM users WHERE id IN (1, 2) -- Ann") // 'SELECT name FROM users WHERE id IN (?) '
 */
export function sanitizeSql(text: string): string {
  const scanner = new SqlScanner(text, SQL_READ)
  const summary = new SqlSummary(0)
  const out: string[] = []
  // The piece after IN and its parenthesis, while everything since is values and commas.
  let list = -1
  let inside = false
  for (;;) {
    const named = summary.named
    const kind = scanner.next(named)
    if (kind === 'end') break
    if (kind === 'comment') continue
    const slice = scanner.slice
    if (kind !== 'blank') summary.take(kind, slice)
    if (list >= 0 && slice === ')' && out.length > list) {
      out.length = list
      out.push('?')
    }
    const shown = isValue(kind, slice, named || scanner.dotted) ? '?' : slice
    if (inside && slice === '(') list = out.length + 1
    else if (shown !== '?' && slice !== ',' && kind !== 'blank') list = -1
    if (kind !== 'blank') inside = kind === 'word' && slice.length === 2 && slice.toUpperCase() === 'IN'
    out.push(shown)
  }
  return out.join('') + (text.length > SQL_READ ? '…' : '')
}

function isValue(kind: string, slice: string, named: boolean): boolean {
  if (kind === 'literal') return true
  if (kind === 'double') return !named
  if (kind === 'parameter') return slice.charCodeAt(0) === 63
  if (kind !== 'word' || named || slice.length > 5) return false
  const word = slice.toUpperCase()
  return word === 'TRUE' || word === 'FALSE'
}
