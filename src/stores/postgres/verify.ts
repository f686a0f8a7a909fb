import { unpackCounts } from '../../measure/pack.ts'
import { openCounts, openSlices } from '../blob.ts'
import type { BadRow } from '../kept.ts'
import { openPresence } from '../presence.ts'
import { unreadable } from '../seal.ts'
import type { Transaction } from './database.ts'

const PAGE_ROWS = 200

interface Table {
  readonly name: string
  /** Gives `at` (what people find the row by) and `value`. */
  readonly sql: string
  readonly check: (value: unknown) => void
}

const slices = (value: unknown): void => {
  for (const { packed } of openSlices(value as Uint8Array)) unpackCounts(packed)
}

const TABLES: readonly Table[] = [
  {
    name: 'flushes',
    sql: `SELECT service || ' ' || instance || ' ' || flush AS at, slices AS value FROM flushes`,
    check: slices,
  },
  {
    name: 'presences',
    sql: `SELECT service || ' ' || instance || ' ' || flush AS at, presence AS value FROM flushes`,
    check: (value) => openPresence(value as Uint8Array),
  },
  {
    name: 'cells',
    sql: `SELECT service || ' ' || tier_ms || ' ' || slot AS at, slices AS value FROM cells WHERE slices IS NOT NULL`,
    check: slices,
  },
  {
    name: 'counts',
    sql: `SELECT service || ' ' || tier_ms || ' ' || slot || ' ' || series AS at, packed AS value FROM counts`,
    check: (value) => unpackCounts(openCounts(value as Uint8Array)),
  },
  {
    name: 'events',
    sql: `SELECT service || ' ' || id AS at, data AS value FROM events`,
    check: (value) => JSON.parse(value as string),
  },
]

/** Reads every row, a page at a time; gives those that cannot be read. */
export async function* badRows(tx: Transaction): AsyncGenerator<BadRow> {
  for (const { name, sql, check } of TABLES) {
    await tx.rows(`DECLARE ${name}_rows NO SCROLL CURSOR FOR ${sql}`)
    for (;;) {
      const rows = await tx.rows<{ at: string; value: unknown }>(`FETCH ${PAGE_ROWS} FROM ${name}_rows`)
      for (const { at, value } of rows) {
        try {
          check(value)
        } catch (error) {
          yield { where: `${name} ${at}`, error: unreadable(`${name} ${at}`, error) }
        }
      }
      if (rows.length < PAGE_ROWS) break
    }
  }
}
