import assert from 'node:assert/strict'
import type { CountingPostgres, Statements } from '../servers/counting-postgres.ts'
import type { ComponentMetrics, MeasuredProcess, Metrics } from './measured-process.ts'

/** What the database has done before and after Yardstick was asked: an application polls, so it may do more meanwhile. */
export interface Bracket {
  readonly before: Statements
  readonly after: Statements
}

/** What Yardstick says once nothing is under way, and what the database does. */
export async function settledWith(
  app: MeasuredProcess,
  database: CountingPostgres,
): Promise<{ readonly metrics: Metrics; readonly done: Bracket }> {
  const before = await database.done()
  const metrics = await app.settled()
  return { metrics, done: { before, after: await database.done() } }
}

/**
 * Every statement that the database has done or refused is in its series, and nothing else is.
 *
 * @returns how many statements that are, and in how many series numbers were equal without any tolerance
 */
export function compareStatements(
  reported: ComponentMetrics,
  { before, after }: Bracket,
  failed: Statements,
): { readonly statements: number; readonly equal: number; readonly series: number } {
  const counts = (of: 'ok' | 'failed'): Statements =>
    Object.fromEntries(reported.series.filter((one) => one[of] > 0).map((one) => [one.name, one[of]]))
  const ok = counts('ok')
  const bracketed = Object.entries(ok).map(([name, n]) => {
    const [least, most] = [before[name] ?? 0, after[name] ?? 0]
    return [name, n < least ? least : n > most ? most : n]
  })
  assert.deepEqual(ok, Object.fromEntries(bracketed))
  assert.deepEqual(
    Object.keys(before).filter((name) => ok[name] === undefined),
    [],
  )
  assert.deepEqual(counts('failed'), failed)
  assert.ok(reported.ok >= sum(before) && reported.ok <= sum(after))
  assert.equal(reported.failed, sum(failed))
  const equal = Object.keys(after).filter((name) => before[name] === after[name]).length
  return { statements: reported.n, equal, series: reported.series.length }
}

function sum(statements: Statements): number {
  return Object.values(statements).reduce((all, n) => all + n, 0)
}
