import { type SeriesKey, seriesId } from '../../measure/slice.ts'
import { writable } from '../written.ts'
import type { Database } from './database.ts'

/** More remembered names than any healthy file has; then they are looked up afresh. */
const MOST_REMEMBERED = 20_000

/** Numbers for services and series, so that a long name is stored once. Writing ones belong in a transaction. */
export class Names {
  readonly #db: Database
  readonly #services = new Map<string, number>()
  readonly #series = new Map<string, number>()

  constructor(db: Database) {
    this.#db = db
  }

  /** The service's number; `undefined` when nothing of it was ever saved. */
  service(name: string): number | undefined {
    const known =
      this.#services.get(name) ??
      this.#db.first<{ id: number }>('SELECT id FROM services WHERE name = ?', writable(name))?.id
    if (known !== undefined) this.#services.set(name, known)
    return known
  }

  addService(name: string): number {
    return this.service(name) ?? this.#db.insert('INSERT INTO services (name) VALUES (?)', writable(name))
  }

  addSeries(service: number, key: SeriesKey): number {
    const remembered = `${service}/${seriesId(key)}`
    let id = this.#series.get(remembered)
    if (id !== undefined) return id
    const values = [service, writable(key.component), writable(key.name), key.nested ? 1 : 0] as const
    const sql = 'SELECT id FROM series WHERE service = ? AND component = ? AND name = ? AND nested = ?'
    const found = this.#db.first<{ id: number }>(sql, ...values)
    if (found === undefined) {
      // Not remembered yet: this transaction may still be rolled back.
      return this.#db.insert(
        'INSERT INTO series (service, component, name, nested) VALUES (?, ?, ?, ?)',
        ...values,
      )
    }
    id = found.id
    if (this.#series.size >= MOST_REMEMBERED) this.#series.clear()
    this.#series.set(remembered, id)
    return id
  }
}
