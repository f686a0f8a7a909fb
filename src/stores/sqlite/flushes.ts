import { FlushRanges } from '../flush-ranges.ts'
import type { Database } from './database.ts'

/** A flush's row without its slices. */
export interface FlushRow {
  readonly id: number
  readonly service: number
  readonly instance: string
  readonly flush: number
  readonly from_ms: number
  readonly to_ms: number
}

/**
 * How long a flush stays as it came in, however old what it counts is: the lease-holder reads flushes, and looks every
 * second. After an outage many come that are due for folding already.
 */
const REST_MS = 60_000

/**
 * SQL of the flushes that have rested, from parameter `$n` on, which are `restOf`. A clock that was set back
 * rests nothing.
 */
export function RESTED(n: number): string {
  return `coalesce((SELECT came_ms FROM presences WHERE presences.flush = flushes.id), to_ms)
    NOT BETWEEN ?${n} AND ?${n + 1}`
}

export function restOf(nowMs: number): readonly [fromMs: number, toMs: number] {
  return [nowMs - REST_MS, nowMs + REST_MS]
}

/** Whether this flush was saved, folded and deleted as a row. */
export function wasFolded(db: Database, service: number, instance: string, flush: number): boolean {
  const row = foldedOf(db, service, instance)
  return row !== undefined && new FlushRanges(row.folded).has(flush)
}

/**
 * Deletes rows of flushes and remembers their numbers, so that a repeated save stays without effect. In a
 * transaction.
 */
export function deleteFlushes(db: Database, rows: readonly FlushRow[]): void {
  const byInstance = new Map<string, FlushRow[]>()
  for (const row of rows) {
    db.run('DELETE FROM flushes WHERE id = ?', row.id)
    db.run('DELETE FROM presences WHERE flush = ?', row.id)
    const key = `${row.service}/${row.instance}`
    const known = byInstance.get(key)
    if (known === undefined) byInstance.set(key, [row])
    else known.push(row)
  }
  for (const of of byInstance.values()) {
    const { service, instance } = of[0]!
    const before = foldedOf(db, service, instance)
    const ranges = new FlushRanges(before?.folded)
    let seenMs = before?.seen_ms ?? Number.NEGATIVE_INFINITY
    for (const { flush, to_ms } of of) {
      ranges.add(flush)
      seenMs = Math.max(seenMs, to_ms)
    }
    db.run(
      'INSERT OR REPLACE INTO instances (service, instance, folded, seen_ms) VALUES (?, ?, ?, ?)',
      service,
      instance,
      ranges.toString(),
      seenMs,
    )
  }
}

function foldedOf(
  db: Database,
  service: number,
  instance: string,
): { folded: string; seen_ms: number } | undefined {
  return db.first(
    'SELECT folded, seen_ms FROM instances WHERE service = ? AND instance = ?',
    service,
    instance,
  )
}
