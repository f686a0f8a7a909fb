import { TIERS_MS } from '../tiers.ts'
import { deleteCell, sweepCounts } from './cells.ts'
import type { Database } from './database.ts'
import { deleteFlushes, type FlushRow } from './flushes.ts'
import { deleteEvents } from './trim.ts'

const COARSEST_MS = TIERS_MS.at(-1)!
const DAY_MS = 86_400_000
/** How much one step deletes or moves: a few ms of work each. */
const FLUSHES_A_STEP = 60
const EVENTS_A_STEP = 500
const EVENTS_A_MINUTE = 50
const PAGES_A_STEP = 64
/** Fewer free pages are not worth moving others for. */
const WASTE_PAGES = 256

/** The file's size: deletes the oldest when it gets too large, and lets the file shrink. */
export class Room {
  readonly #db: Database
  readonly #maxBytes: number
  readonly #onFull: (message: string) => void
  readonly #pageBytes: number
  #said = false

  constructor(db: Database, maxBytes: number, onFull: (message: string) => void) {
    this.#db = db
    this.#maxBytes = maxBytes
    this.#onFull = onFull
    this.#pageBytes = db.pragma('page_size')
  }

  /** The file is no larger than the cap, whatever of it is in use. */
  get fits(): boolean {
    return this.#db.pragma('page_count') * this.#pageBytes <= this.#maxBytes
  }

  /** What is in use does not fit under the cap. */
  get short(): boolean {
    return (
      (this.#db.pragma('page_count') - this.#db.pragma('freelist_count')) * this.#pageBytes > this.#maxBytes
    )
  }

  /** One step towards the cap; `true` when more is waiting. */
  step(nowMs: number): boolean {
    // What is deleted already makes the room that is wanted.
    if (sweepCounts(this.#db)) return true
    if (this.short) return this.#deleteOldest(nowMs)
    const pages = this.#db.pragma('page_count')
    const free = this.#db.pragma('freelist_count')
    // A few free pages are used again soon; moving pages about for them would be work for nothing.
    const wasteful = free > WASTE_PAGES && free * 10 > pages
    if (free === 0 || !(wasteful || pages * this.#pageBytes > this.#maxBytes)) return false
    this.#db.exec(`PRAGMA incremental_vacuum(${PAGES_A_STEP})`)
    return true
  }

  /** Deletes the oldest cells that ended more than `keepMs` ago, and some events and instances as old. */
  expire(nowMs: number, keepMs: number): void {
    const db = this.#db
    const ids = db.all<{ id: number }>(
      `SELECT id FROM cells WHERE tier_ms = ?1 AND slot IN (
         SELECT min(slot) FROM cells WHERE tier_ms = ?1 HAVING min(slot) <= ?2
         UNION ALL
         SELECT max(slot) FROM cells WHERE tier_ms = ?1 HAVING max(slot) > ?3)`,
      COARSEST_MS,
      (nowMs - keepMs) / COARSEST_MS - 1,
      (nowMs + keepMs) / COARSEST_MS,
    )
    db.write(() => {
      for (const { id } of ids) deleteCell(db, id)
      deleteEvents(db, nowMs - keepMs, EVENTS_A_MINUTE)
      db.run(
        `DELETE FROM instances WHERE (service, instance) IN (
           SELECT service, instance FROM instances WHERE seen_ms < ? ORDER BY seen_ms LIMIT ?)`,
        nowMs - keepMs,
        EVENTS_A_MINUTE,
      )
    })
  }

  #deleteOldest(nowMs: number): boolean {
    return this.#db.write(() => {
      for (const tierMs of TIERS_MS.slice(1).reverse()) {
        const cell = this.#db.first<{ id: number; to_ms: number }>(
          'SELECT id, to_ms FROM cells WHERE tier_ms = ? ORDER BY slot LIMIT 1',
          tierMs,
        )
        if (cell === undefined) continue
        this.#say(nowMs - cell.to_ms)
        deleteCell(this.#db, cell.id)
        return true
      }
      this.#say(0)
      const flushes = this.#db.all<FlushRow>(
        'SELECT id, service, instance, flush, from_ms, to_ms FROM flushes ORDER BY to_ms LIMIT ?',
        FLUSHES_A_STEP,
      )
      deleteFlushes(this.#db, flushes)
      return flushes.length > 0 || deleteEvents(this.#db, Number.POSITIVE_INFINITY, EVENTS_A_STEP) > 0
    })
  }

  #say(heldMs: number): void {
    if (this.#said) return
    this.#said = true
    this.#onFull(
      `the store is full (${Math.round(this.#maxBytes / 2 ** 20)} MiB): it goes back ${(heldMs / DAY_MS).toFixed(1)} ` +
        'days now and drops the oldest from here on; a larger maxBytes keeps more',
    )
  }
}
