import { YardstickError } from '../../ground/errors.ts'
import { iso } from '../../ground/instant.ts'
import { unpackCounts } from '../../measure/pack.ts'
import { openCounts, openSlices } from '../blob.ts'
import type { BadRow } from '../kept.ts'
import { openPresence } from '../presence.ts'
import { unreadable } from '../seal.ts'
import type { Database } from './database.ts'

const PAGE_ROWS = 200
/** SQLite stops looking after so many faults of its own. */
const MOST_FAULTS = 100

interface Table {
  readonly name: string
  /** Gives `id` (grows), `at` (what people find the row by) and `value`. */
  readonly sql: string
  readonly check: (value: unknown) => void
}

const blob = (value: unknown): Uint8Array => value as Uint8Array

const slices = (value: unknown): void => {
  for (const { packed } of openSlices(blob(value))) unpackCounts(packed)
}

const TABLES: readonly Table[] = [
  {
    name: 'flushes',
    sql: 'SELECT id, to_ms AS at, slices AS value FROM flushes WHERE id > ?',
    check: slices,
  },
  {
    name: 'presences',
    sql: 'SELECT flush AS id, came_ms AS at, presence AS value FROM presences WHERE flush > ?',
    check: (value) => openPresence(blob(value)),
  },
  {
    name: 'cells',
    sql: 'SELECT id, to_ms AS at, slices AS value FROM cells WHERE id > ? AND slices IS NOT NULL',
    check: slices,
  },
  {
    name: 'events',
    sql: 'SELECT id, at_ms AS at, data AS value FROM events WHERE id > ?',
    check: (value) => JSON.parse(value as string),
  },
]

/** Reads every row, a page at a time; gives those that cannot be read. */
export function* badRows(db: Database): Generator<BadRow | undefined> {
  for (const { integrity_check: fault } of db.all<{ integrity_check: string }>(
    `PRAGMA integrity_check(${MOST_FAULTS})`,
  )) {
    if (fault !== 'ok') yield { where: 'file', error: new YardstickError('YS_STORE_DATA', fault) }
  }
  for (const table of TABLES) yield* badIn(db, table)
  yield* badCounts(db)
}

/** `undefined` now and then: nothing was found, but time has passed. */
function* badIn(db: Database, { name, sql, check }: Table): Generator<BadRow | undefined> {
  for (let last = 0; ; ) {
    const rows = db.all<{ id: number; at: number; value: unknown }>(
      `${sql} ORDER BY 1 LIMIT ${PAGE_ROWS}`,
      last,
    )
    for (const { id, at, value } of rows) {
      const error = faultOf(`${name} ${id}`, () => check(value))
      if (error !== undefined) yield { where: `${name} ${id}, ${iso(at)}`, error }
    }
    yield undefined
    if (rows.length < PAGE_ROWS) return
    last = rows.at(-1)!.id
  }
}

function* badCounts(db: Database): Generator<BadRow | undefined> {
  let [cell, series] = [0, 0]
  for (;;) {
    const rows = db.all<{ cell: number; series: number; packed: Uint8Array }>(
      `SELECT cell, series, packed FROM counts WHERE (cell, series) > (?, ?) ORDER BY cell, series LIMIT ${PAGE_ROWS}`,
      cell,
      series,
    )
    for (const row of rows) {
      const where = `counts of cell ${row.cell}, series ${row.series}`
      const error = faultOf(where, () => unpackCounts(openCounts(row.packed)))
      if (error !== undefined) yield { where, error }
    }
    yield undefined
    if (rows.length < PAGE_ROWS) return
    ;({ cell, series } = rows.at(-1)!)
  }
}

function faultOf(what: string, check: () => void): YardstickError | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return unreadable(what, error)
  }
}
