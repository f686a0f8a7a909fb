import type { Clock } from '../../ground/clock.ts'
import type { OnBad } from '../sum.ts'
import { type Keep, keepByTier, LEAST_KEEP, slotOf, TIERS_MS } from '../tiers.ts'
import type { CellSpot } from './cells.ts'
import type { Database } from './database.ts'
import { RESTED, restOf } from './flushes.ts'
import { Fold } from './fold.ts'
import { takeLease } from './lease-row.ts'
import type { Names } from './names.ts'
import { Room } from './room.ts'

/** How many slices one step reads and writes: about 1 ms, or one flush or cell where that has more. */
const STEP_SLICES = 300
/** Steps in a save, with breaks between them: 500 series are folded as fast as they come in. */
const STEPS = 4
/** Steps more in a save for each slot that waits beyond the one at work. */
const STEPS_A_SLOT = 12
/** Steps in a save while the file is over its cap. */
const STEPS_WHEN_SHORT = 8
const LEASE = 'yardstick/upkeep'
const LEASE_MS = 30_000
const RENEW_MS = 10_000

export interface UpkeepOptions {
  readonly holder: string
  readonly clock: Clock
  readonly keep: Partial<Keep>
  readonly maxBytes: number
  readonly onBad: OnBad
  /** Hears once that the byte cap made figures go early. */
  readonly onFull: (message: string) => void
}

/**
 * Keeps the file in shape, a few ms at a time: folds tiers whose time has come, deletes what outlived its
 * retention, stays under the byte cap, gives free pages back to the disk. One process of those that share a file
 * does it for all services in it; the lease saves the others the work, the folds themselves are safe without.
 */
export class Upkeep {
  readonly #db: Database
  readonly #names: Names
  readonly #options: UpkeepOptions
  readonly #keep: readonly number[]
  readonly #leastKeep: readonly number[] = keepByTier(LEAST_KEEP)
  readonly #room: Room
  #fold: Due | undefined
  #askedMs = Number.NEGATIVE_INFINITY
  #mine = false
  #expiredMinute = Number.NaN
  /** The slot during which it found nothing to do: to find that out takes longer than to save a small batch. */
  #idleSlot = Number.NaN

  constructor(db: Database, names: Names, options: UpkeepOptions) {
    this.#db = db
    this.#names = names
    this.#options = options
    this.#keep = keepByTier(options.keep)
    this.#room = new Room(db, options.maxBytes, options.onFull)
  }

  /** Something was saved that is due already. */
  wake(): void {
    this.#idleSlot = Number.NaN
  }

  /** One step; how many there should be after one save, the more the further behind. */
  step(): number {
    const nowMs = this.#options.clock.wallMs()
    const slot = this.#firstKept(nowMs)
    if ((slot === this.#idleSlot && this.#room.fits) || !this.#holds(nowMs)) return 0
    this.#expire(nowMs)
    this.#fold ??= this.#due(nowMs)
    const { short } = this.#room
    // Folding early makes room without losing anything; only then must something go.
    const made = this.#fold?.early === true ? false : this.#room.step(nowMs)
    const steps = this.#foldOn(nowMs)
    if (steps === 0 && !made) this.#idleSlot = slot
    if (steps === 0) return made ? STEPS_WHEN_SHORT : 0
    return short ? Math.max(steps, STEPS_WHEN_SHORT) : steps
  }

  /**
   * Folds for a step's time: what a small fold leaves of it is the next one's, or those of coarser tiers would never
   * have their turn where little is saved. How many steps there should be after one save.
   */
  #foldOn(nowMs: number): number {
    let steps = 0
    for (let left = STEP_SLICES; left > 0; ) {
      const fold = this.#fold ?? this.#due(nowMs)
      if (fold === undefined) return steps
      // Whatever happens: a fold that failed is begun afresh.
      this.#fold = undefined
      steps = Math.max(steps, fold.steps)
      left = fold.work.step(left)
      if (!fold.work.done) this.#fold = fold
    }
    return steps
  }

  /** The finest slot whose flushes need not be folded yet: with the next one the oldest comes due. */
  #firstKept(nowMs: number): number {
    return Math.floor((nowMs - this.#keep[0]!) / TIERS_MS[1]!)
  }

  #holds(nowMs: number): boolean {
    // Either way: a clock that was set back must not stop us from asking.
    if (Math.abs(nowMs - this.#askedMs) < RENEW_MS) return this.#mine
    const { holder } = this.#options
    this.#mine = takeLease(this.#db, { name: LEASE, holder, durationMs: LEASE_MS, nowMs }) !== undefined
    this.#askedMs = nowMs
    if (!this.#mine) this.#fold = undefined
    return this.#mine
  }

  #due(nowMs: number): Due | undefined {
    const keep = this.#room.short ? this.#leastKeep : this.#keep
    for (let tier = 1; tier < TIERS_MS.length; tier++) {
      const tierMs = TIERS_MS[tier]!
      const keepMs = keep[tier - 1]!
      const spot = this.#dueInto(tierMs, TIERS_MS[tier - 1]!, nowMs, keepMs)
      if (spot === undefined) continue
      const agoMs = Math.abs(nowMs - (spot.slot + 1) * tierMs)
      const waiting = Math.max(Math.floor((agoMs - keepMs) / tierMs), 0)
      return {
        work: new Fold(this.#db, this.#names, spot, { nowMs, onBad: this.#options.onBad }),
        steps: STEPS + STEPS_A_SLOT * waiting,
        early: agoMs < this.#keep[tier - 1]!,
      }
    }
    return undefined
  }

  /**
   * A slot of a tier whose finer rows were kept long enough. What lies as far in the future counts too: it was
   * written while the clock was wrong, and would else stay unfolded until that time comes.
   */
  #dueInto(tierMs: number, sourceMs: number, nowMs: number, keepMs: number): CellSpot | undefined {
    const pastMs = Math.floor((nowMs - keepMs) / tierMs) * tierMs
    const futureMs = Math.ceil((nowMs + keepMs) / tierMs) * tierMs
    if (sourceMs === TIERS_MS[0]) {
      const sql = `SELECT service, to_ms FROM flushes WHERE ${RESTED(2)} AND`
      const rest = restOf(nowMs)
      const row =
        this.#db.first<FlushEnd>(`${sql} to_ms <= ?1 ORDER BY to_ms LIMIT 1`, pastMs, ...rest) ??
        this.#db.first<FlushEnd>(`${sql} to_ms > ?1 ORDER BY to_ms DESC LIMIT 1`, futureMs, ...rest)
      return row && { service: row.service, tierMs, slot: slotOf(row.to_ms, tierMs) }
    }
    const sql = 'SELECT service, slot FROM cells WHERE tier_ms = ? AND'
    const row =
      this.#db.first<CellSlot>(`${sql} slot < ? ORDER BY slot LIMIT 1`, sourceMs, pastMs / sourceMs) ??
      this.#db.first<CellSlot>(`${sql} slot >= ? ORDER BY slot DESC LIMIT 1`, sourceMs, futureMs / sourceMs)
    return row && { service: row.service, tierMs, slot: Math.floor((row.slot * sourceMs) / tierMs) }
  }

  /**
   * Deletes what outlived its retention, at most a quarter hour of it a minute: a clock that is a year ahead for a
   * while must not cost the history.
   */
  #expire(nowMs: number): void {
    const minute = Math.floor(nowMs / 60_000)
    if (minute === this.#expiredMinute) return
    this.#expiredMinute = minute
    this.#room.expire(nowMs, this.#keep.at(-1)!)
  }
}

interface Due {
  readonly work: Fold
  /** How many steps there should be after one save. */
  readonly steps: number
  /** Only due because the file is over its cap. */
  readonly early: boolean
}

interface FlushEnd {
  readonly service: number
  readonly to_ms: number
}

interface CellSlot {
  readonly service: number
  readonly slot: number
}
