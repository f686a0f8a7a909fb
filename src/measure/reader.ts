import { FIRST_BUCKET, GRID_MS, PLACES, placeOf, upperBoundMs } from './bucket.ts'
import { Counts } from './counts.ts'
import * as at from './layout.ts'
import { LEVELS, Levels } from './levels.ts'

/** How a thread's numbers for components read: `parts[3]` is the name of part 3. */
export type Parts = readonly (string | undefined)[]

/**
 * The engine's side of a tally: makes the idle half ready, and later reads the retired one by subtracting what it
 * read there before. The last reading is kept in the shared buffer too, so that a new engine goes on where a crashed
 * one stopped and counts nothing twice.
 */
export class TallyReader {
  readonly #layout: at.Layout
  readonly #floats: Float64Array
  readonly #words: Uint32Array
  readonly #early: Float64Array
  /** The half that is being read. Views of the halves were thousands of short-lived objects a second. */
  #half = 0

  constructor(buffer: SharedArrayBuffer, request: boolean) {
    this.#layout = request ? at.REQUEST : at.PLAIN
    this.#floats = new Float64Array(buffer)
    this.#words = new Uint32Array(buffer, this.#layout.wordsFrom * 4)
    this.#early = new Float64Array(buffer, this.#layout.bytes)
  }

  /** Makes the idle half ready to be written: extremes empty, the limits in force (ascending, at most four). */
  prepare(half: number, limits: readonly number[]): void {
    const from = half * this.#layout.floats
    this.#floats[from + at.MIN] = Number.POSITIVE_INFINITY
    this.#floats[from + at.MAX] = Number.NEGATIVE_INFINITY
    for (let i = 0; i < at.LIMITS; i++) {
      this.#floats[from + at.LIMIT + i] = limits[i] ?? Number.POSITIVE_INFINITY
    }
  }

  /**
   * What came into the retired half since it was last read, or `undefined` for nothing.
   *
   * @param limits those in force: what came before they were known is counted for them as far as it was kept
   */
  read(half: number, parts: Parts, limits: readonly number[] = []): Counts | undefined {
    this.#half = half
    if (!this.#outcomesDiffer()) return undefined
    const counts = new Counts()
    const from = half * this.#layout.floats
    counts.minMs = this.#floats[from + at.MIN]!
    counts.maxMs = this.#floats[from + at.MAX]!
    counts.failed = this.#take(at.FAILED)
    counts.hits = this.#take(at.HITS)
    counts.misses = this.#take(at.MISSES)
    counts.sumMs = this.#takeSum(at.SUM)
    this.#readGoods(counts, limits)
    this.#readHistogram(counts)
    if (this.#layout === at.REQUEST) {
      this.#readBreakdown(counts, parts)
      counts.levels = this.#readLevels()
    }
    return counts
  }

  #outcomesDiffer(): boolean {
    const now = this.#half * this.#layout.words
    const seen = now + 2 * this.#layout.words
    for (let i = at.OK; i < at.PLACE; i++) if (this.#words[now + i] !== this.#words[seen + i]) return true
    return false
  }

  /** The difference of a wrapping counter since the last reading, which it then becomes. */
  #take(place: number): number {
    const words = this.#words
    const now = this.#half * this.#layout.words + place
    const seen = now + 2 * this.#layout.words
    const count = words[now]!
    const difference = (count - words[seen]!) >>> 0
    words[seen] = count
    return difference
  }

  #takeSum(place: number): number {
    const floats = this.#floats
    const now = this.#half * this.#layout.floats + place
    const seen = now + 2 * this.#layout.floats
    const sum = floats[now]!
    const difference = sum - floats[seen]!
    floats[seen] = sum
    return difference < 0 ? difference + at.SUM_WRAP : difference
  }

  #readGoods(counts: Counts, limits: readonly number[]): void {
    const from = this.#half * this.#layout.floats + at.LIMIT
    const early = this.#floats[from] === 0 ? this.#early.subarray(this.#okRead()) : undefined
    for (let i = 0; i <= at.LIMITS; i++) {
      counts.ok += this.#take(at.OK + i)
      const limitMs = i < at.LIMITS ? this.#floats[from + i]! : Number.POSITIVE_INFINITY
      // Ascending; no limit is infinite, none 0.
      if (limitMs > 0 && limitMs < Number.POSITIVE_INFINITY) counts.addGood(limitMs, counts.ok, 0)
    }
    for (const entry of counts.goods) entry.covered = counts.ok
    if (early !== undefined) countKept(counts, early.subarray(0, counts.ok), limits)
  }

  /** How many ok operations were read so far, of both halves. */
  #okRead(): number {
    let count = 0
    for (const half of [0, 1]) {
      const seen = (2 + half) * this.#layout.words + at.OK
      for (let i = 0; i <= at.LIMITS; i++) count += this.#words[seen + i]!
    }
    return count
  }

  #readHistogram(counts: Counts): void {
    const bounded = counts.minMs <= counts.maxMs
    const low = bounded ? placeOf(counts.minMs) : PLACES
    const high = bounded ? placeOf(counts.maxMs) : -1
    const found = bounded ? this.#scan(counts, low, high) : 0
    // A write that was held up over a change of halves can have left its extremes where they were wiped.
    if (found === counts.total) return
    this.#scan(counts, 0, PLACES - 1)
    counts.histogram.visit((place) => {
      if (place < low || place > high) counts.extend(shortestIn(place), longestIn(place))
    })
  }

  #scan({ histogram }: Counts, from: number, to: number): number {
    const words = this.#words
    const now = this.#half * this.#layout.words + at.PLACE
    const seen = now + 2 * this.#layout.words
    let found = 0
    for (let place = from; place <= to; place++) {
      if (words[now + place] === words[seen + place]) continue
      const count = this.#take(at.PLACE + place)
      histogram.add(place, count)
      found += count
    }
    return found
  }

  #readBreakdown(counts: Counts, parts: Parts): void {
    counts.ownMs = this.#takeSum(at.OWN)
    counts.breakdown = new Map()
    for (let part = 0; part < at.PARTS; part++) {
      const calls = this.#take(at.CALLS + part)
      const wallMs = this.#takeSum(at.WALL + part)
      if (calls > 0 || wallMs > 0) counts.breakdown.set(parts[part] ?? '(other)', { calls, wallMs })
    }
  }

  #readLevels(): Levels {
    const levels = new Levels()
    for (let level = 0; level < LEVELS; level++) {
      levels.add(level, this.#take(at.LEVEL_DONE + level), this.#takeSum(at.LEVEL_TIME + level))
    }
    return levels
  }
}

/** Counts operations that came before the limits in force were known for those that they were not compared with. */
function countKept(counts: Counts, kept: Float64Array, limits: readonly number[]): void {
  if (kept.length === 0) return
  for (const limitMs of limits) {
    if (counts.goods.some((entry) => entry.limitMs === limitMs)) continue
    const good = kept.reduce((sum, durationMs) => sum + (durationMs < limitMs ? 1 : 0), 0)
    counts.addGood(limitMs, good, kept.length)
  }
}

/** Durations lie on the grid: the first one above the bucket's lower bound, the last one up to its upper bound. */
function shortestIn(place: number): number {
  return place === 0 ? 0 : (Math.floor(upperBoundMs(place - 2 + FIRST_BUCKET) / GRID_MS) + 1) * GRID_MS
}

function longestIn(place: number): number {
  return place === 0 ? 0 : Math.floor(upperBoundMs(place - 1 + FIRST_BUCKET) / GRID_MS) * GRID_MS
}
