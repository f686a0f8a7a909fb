import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { yardstick } from 'yardstick'
import type { Database } from './database.ts'
import type { Faults } from './faults.ts'

const ys = yardstick()

/** L3: answers worked out before and kept as rows of one table of the database, found by its primary key. */
export class Materialised {
  readonly #table: string
  readonly #faults: Faults
  readonly #select: StatementSync
  readonly #replace: StatementSync
  readonly #delete: StatementSync

  /** `keys` are the columns of the primary key; the answer is in the column `body`. */
  constructor(db: Database, faults: Faults, table: string, keys: readonly string[]) {
    const where = keys.map((key) => `${key} = ?`).join(' AND ')
    this.#table = table
    this.#faults = faults
    this.#select = db.raw.prepare(`SELECT body FROM ${table} WHERE ${where}`)
    this.#replace = db.raw.prepare(
      `INSERT OR REPLACE INTO ${table} (${keys.join(', ')}, body) VALUES (${keys.map(() => '?').join(', ')}, ?)`,
    )
    this.#delete = db.raw.prepare(`DELETE FROM ${table} WHERE ${where}`)
  }

  read<T extends object>(...key: readonly SQLInputValue[]): T | undefined {
    return ys.trackCache('L3', 'get', { key: `${this.#table}:${key.join(':')}` }, (read) => {
      const row = this.#faults.isOn('cache-off') ? undefined : this.#select.get(...key)
      read.setHit(row !== undefined)
      return row === undefined ? undefined : (JSON.parse(row.body as string) as T)
    })
  }

  keep(value: object, ...key: readonly SQLInputValue[]): void {
    if (this.#faults.isOn('cache-off')) return
    ys.trackCache('L3', 'set', { key: `${this.#table}:${key.join(':')}` }, () =>
      this.#replace.run(...key, JSON.stringify(value)),
    )
  }

  forget(...key: readonly SQLInputValue[]): void {
    ys.trackCache('L3', 'del', { key: `${this.#table}:${key.join(':')}` }, () => this.#delete.run(...key))
  }
}
