import type { OnBad } from '../sum.ts'
import { type Keep, keepByTier } from '../tiers.ts'
import type { Database } from './database.ts'
import { isLocked } from './failure.ts'
import { dueCell, foldCell } from './fold-cells.ts'
import { LaneFold } from './fold-lane.ts'
import { LANE_MS, restingLanes } from './lanes.ts'
import { takeLease } from './lease-row.ts'
import type { StoreTime } from './time.ts'
import { expireStep } from './trim.ts'

/** Most steps after one save: 40 pages of 250 flushes, so that one holder folds 2 000 flushes a second. */
const MOST_STEPS = 40
const LEASE = 'yardstick/upkeep'
const LEASE_MS = 60_000
/** Who has it renews it so often; the others ask more rarely: nothing is lost while nobody folds. */
const RENEW_MS = 15_000
const ASK_MS = 30_000

export interface UpkeepOptions {
  readonly holder: string
  readonly time: StoreTime
  readonly keep: Partial<Keep>
  readonly onBad: OnBad
}

/**
 * Keeps the tables in shape, in small steps after a save: empties lanes that rest, folds tiers whose time has come,
 * deletes what outlived its retention. One process does it for all that save to the database.
 */
export class Upkeep {
  readonly #db: Database
  readonly #options: UpkeepOptions
  readonly #keep: readonly number[]
  #token: bigint | undefined
  #askedMs = Number.NEGATIVE_INFINITY
  #fold: { readonly lane: number; readonly work: LaneFold } | undefined
  #emptied: { minute: number; readonly lanes: Set<number> } = { minute: Number.NaN, lanes: new Set() }
  #expiredMinute = Number.NaN
  /** The second in which nothing was due. */
  #idleSecond = Number.NaN
  #running = false

  constructor(db: Database, options: UpkeepOptions) {
    this.#db = db
    this.#options = options
    this.#keep = keepByTier(options.keep)
  }

  /** Does what is due, up to a bound. Called while it is at work, it leaves it at that. */
  async run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    try {
      await this.#work()
    } finally {
      this.#running = false
    }
  }

  async #work(): Promise<void> {
    const { time } = this.#options
    const token = await this.#lease(time.nowMs)
    if (token === undefined) return
    await this.#expire(time.nowMs)
    for (let step = 0; step < MOST_STEPS && !this.#db.closed; step++) {
      if (!(await this.#step(token))) return
    }
  }

  /** `false` when nothing is due, or when somebody is in the way. */
  async #step(token: bigint): Promise<boolean> {
    const { time, holder, onBad } = this.#options
    const options = { lease: { name: LEASE, holder, token }, onBad }
    const lane = this.#fold?.lane ?? this.#restingLane(time.nowMs)
    if (lane !== undefined) {
      const work = this.#fold?.work ?? new LaneFold(this.#db, lane, options)
      // Whatever happens: a fold that failed is begun afresh.
      this.#fold = undefined
      try {
        if (await work.step()) this.#emptied.lanes.add(lane)
        else this.#fold = { lane, work }
      } catch (error) {
        if (!isLocked(error)) throw error
        this.#fold = { lane, work }
        return false
      }
      return true
    }
    if (this.#idleSecond === Math.floor(time.nowMs / 1_000)) return false
    const due = await this.#db.transaction('look into', (tx) => dueCell(tx, time.nowMs, this.#keep))
    if (due !== undefined) await foldCell(this.#db, due, options)
    else this.#idleSecond = Math.floor(time.nowMs / 1_000)
    return due !== undefined
  }

  #restingLane(nowMs: number): number | undefined {
    const minute = Math.floor(nowMs / LANE_MS)
    if (this.#emptied.minute !== minute) this.#emptied = { minute, lanes: new Set() }
    return restingLanes(nowMs).find((lane) => !this.#emptied.lanes.has(lane))
  }

  async #lease(nowMs: number): Promise<bigint | undefined> {
    const pauseMs = this.#token === undefined ? ASK_MS : RENEW_MS
    // Either way: a clock that was set back must not stop us from asking.
    if (Math.abs(nowMs - this.#askedMs) < pauseMs) return this.#token
    const { holder, time } = this.#options
    const ask = { name: LEASE, holder, durationMs: LEASE_MS, givenMs: time.given }
    const before = this.#token
    this.#token = await this.#db.transaction('take a lease in', (tx) => takeLease(tx, ask))
    this.#askedMs = nowMs
    if (this.#token === undefined || this.#token !== before) this.#fold = undefined
    return this.#token
  }

  async #expire(nowMs: number): Promise<void> {
    const minute = Math.floor(nowMs / 60_000)
    if (minute === this.#expiredMinute) return
    this.#expiredMinute = minute
    await this.#db.transaction('trim', (tx) => expireStep(tx, nowMs, this.#keep.at(-1)!))
  }
}
