import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { sqliteModule } from './module.ts'

/** An open SQLite file: prepared statements by their text, and transactions. Synchronous. */
export class Database {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(path: string, options: { readonly readOnly?: boolean } = {}) {
    this.#db = new (sqliteModule().DatabaseSync)(path, options)
  }

  /** Runs statements that give nothing back. */
  exec(sql: string): void {
    this.#db.exec(sql)
  }

  /** How many rows were changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes)
  }

  /** The id of the row that was inserted. */
  insert(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid)
  }

  /** The id of the row that was inserted; `undefined` when it was there already. */
  insertNew(sql: string, ...values: readonly SQLInputValue[]): number | undefined {
    const { changes, lastInsertRowid } = this.#statement(sql).run(...values)
    return Number(changes) === 0 ? undefined : Number(lastInsertRowid)
  }

  first<T>(sql: string, ...values: readonly SQLInputValue[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined
  }

  all<T>(sql: string, ...values: readonly SQLInputValue[]): readonly T[] {
    return this.#statement(sql).all(...values) as readonly unknown[] as readonly T[]
  }

  /** As `all`, a row at a time. To be read to its end at once: nothing may be written meanwhile. */
  each<T>(sql: string, ...values: readonly SQLInputValue[]): Iterable<T> {
    return this.#statement(sql).iterate(...values) as Iterable<unknown> as Iterable<T>
  }

  pragma(name: string): number {
    return Number(Object.values(this.first<Record<string, number>>(`PRAGMA ${name}`) ?? { none: 0 })[0])
  }

  /** All of it or nothing; other writers wait. */
  write<T>(work: () => T): T {
    return this.#transaction('BEGIN IMMEDIATE', work)
  }

  /** Everything read inside is of one instant. */
  read<T>(work: () => T): T {
    return this.#transaction('BEGIN', work)
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #transaction<T>(begin: string, work: () => T): T {
    this.#db.exec(begin)
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk); then this one fails.
      try {
        this.#db.exec('ROLLBACK')
      } catch {}
      throw error
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

const BUSY = 5
const READ_ONLY = 8
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
/** Another connection has stood still for ten seconds in the middle of something short. */
const PROTOCOL = 15
const NOT_A_DATABASE = 26
const PASSING: readonly number[] = [BUSY, IO_ERROR, FULL, PROTOCOL]

function primaryCode(error: unknown): number | undefined {
  const code = (error as { readonly errcode?: unknown } | undefined)?.errcode
  return typeof code === 'number' ? code & 0xff : undefined
}

/** The file's contents are damaged, not just out of reach. */
export function isCorrupt(error: unknown): boolean {
  const code = primaryCode(error)
  return code === CORRUPT || code === NOT_A_DATABASE
}

/** Another connection held its lock for longer than we wait. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY
}

/** As busy, but SQLite waits ten seconds each time, whatever its time-out is. */
export function isStuck(error: unknown): boolean {
  return primaryCode(error) === PROTOCOL
}

/** Nothing is wrong with the file or its place: it is locked, or the disk is full (also says I/O error) or too busy. */
export function isPassing(error: unknown): boolean {
  const code = primaryCode(error)
  if (code !== undefined && PASSING.includes(code)) return true
  const system = (error as NodeJS.ErrnoException | undefined)?.code ?? ''
  return ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'].includes(system)
}

/** It takes a connection that may write: a crash left something that has to be undone first. */
export function isReadOnly(error: unknown): boolean {
  return primaryCode(error) === READ_ONLY
}
