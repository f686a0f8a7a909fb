import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { yardstick } from 'yardstick'
import type { Faults } from './faults.ts'
import { QUERIES, type QueryName } from './queries.ts'
import { LINE_INDEX } from './schema.ts'

const ys = yardstick()

/** The one place where the shop's queries run, so one call of Yardstick measures all of them. */
export class Database {
  readonly raw: DatabaseSync
  readonly #faults: Faults
  readonly #statements = new Map<string, StatementSync>()

  constructor(path: string, faults: Faults) {
    this.raw = new DatabaseSync(path)
    this.raw.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536')
    this.#faults = faults
    faults.onTurn('missing-index', (on) => this.raw.exec(on ? LINE_INDEX.drop : LINE_INDEX.create))
  }

  rows<Row>(query: QueryName, ...values: readonly SQLInputValue[]): readonly Row[] {
    return ys.trackDatabase(
      { query, table: QUERIES[query].table },
      () => this.#statement(query).all(...values) as Row[],
    )
  }

  row<Row>(query: QueryName, ...values: readonly SQLInputValue[]): Row | undefined {
    return ys.trackDatabase(
      { query, table: QUERIES[query].table },
      () => this.#statement(query).get(...values) as Row | undefined,
    )
  }

  run(query: QueryName, ...values: readonly SQLInputValue[]): void {
    ys.trackDatabase({ query, table: QUERIES[query].table }, () => this.#statement(query).run(...values))
  }

  /** All of `work` or nothing of it; what `work` throws is thrown on. */
  transaction<T>(work: () => T): T {
    this.run('begin')
    try {
      const result = work()
      this.run('commit')
      return result
    } catch (error) {
      this.run('rollback')
      throw error
    }
  }

  close(): void {
    this.raw.close()
  }

  #statement(name: QueryName): StatementSync {
    const { sql: goodSql, slowSql } = QUERIES[name]
    const sql = slowSql !== undefined && this.#faults.isOn('slow-query') ? slowSql : goodSql
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.raw.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
