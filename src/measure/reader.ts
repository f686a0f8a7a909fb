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

  constructor(buffer: SharedArrayBuffer, request: boolean) {
    this.#layout = request ? at.REQUEST : at.PLAIN
    this.#floats = new Float64Array(buffer)
    this.#words = new Uint32Array(buffer, this.#layout.wordsFrom * 4)
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

  /** What came into the retired half since it was last read, or `undefined` for nothing. */
  read(half: number, parts: Parts): Counts | undefined {
    const { words: stride, floats: floatStride } = this.#layout
    const words = this.#words.subarray(half * stride, (half + 1) * stride)
    const seen = this.#words.subarray((half + 2) * stride, (half + 3) * stride)
    if (!outcomesDiffer(words, seen)) return undefined
    const floats = this.#floats.subarray(half * floatStride, (half + 1) * floatStride)
    const floatsSeen = this.#floats.subarray((half + 2) * floatStride, (half + 3) * floatStride)
    const counts = new Counts()
    counts.minMs = floats[at.MIN]!
    counts.maxMs = floats[at.MAX]!
    counts.failed = take(words, seen, at.FAILED)
    counts.hits = take(words, seen, at.HITS)
    counts.misses = take(words, seen, at.MISSES)
    counts.sumMs = takeSum(floats, floatsSeen, at.SUM)
    readGoods(counts, words, seen, floats)
    readHistogram(counts, words, seen)
    if (this.#layout === at.REQUEST) {
      readBreakdown(counts, words, seen, floats, floatsSeen, parts)
      readLevels(counts, words, seen, floats, floatsSeen)
    }
    return counts
  }
}

function outcomesDiffer(words: Uint32Array, seen: Uint32Array): boolean {
  for (let i = at.OK; i < at.PLACE; i++) if (words[i] !== seen[i]) return true
  return false
}

/** The difference of a wrapping counter since the last reading, which it then becomes. */
function take(words: Uint32Array, seen: Uint32Array, place: number): number {
  const difference = (words[place]! - seen[place]!) >>> 0
  seen[place] = words[place]!
  return difference
}

function takeSum(floats: Float64Array, seen: Float64Array, place: number): number {
  const now = floats[place]!
  const difference = now - seen[place]!
  seen[place] = now
  return difference < 0 ? difference + at.SUM_WRAP : difference
}

function readGoods(counts: Counts, words: Uint32Array, seen: Uint32Array, floats: Float64Array): void {
  const under: number[] = []
  for (let i = 0; i <= at.LIMITS; i++) {
    counts.ok += take(words, seen, at.OK + i)
    under.push(counts.ok)
  }
  for (let i = 0; i < at.LIMITS; i++) {
    const limitMs = floats[at.LIMIT + i]!
    if (limitMs === Number.POSITIVE_INFINITY) break
    counts.goods.push({ limitMs, good: under[i]!, covered: counts.ok })
  }
}

function readHistogram(counts: Counts, words: Uint32Array, seen: Uint32Array): void {
  let found = 0
  const scan = (from: number, to: number): void => {
    for (let place = from; place <= to; place++) {
      if (words[at.PLACE + place] === seen[at.PLACE + place]) continue
      const count = take(words, seen, at.PLACE + place)
      counts.histogram.add(place, count)
      found += count
    }
  }
  const bounded = counts.minMs <= counts.maxMs
  const low = bounded ? placeOf(counts.minMs) : PLACES
  const high = bounded ? placeOf(counts.maxMs) : -1
  if (bounded) scan(low, high)
  // A write that was held up over a change of halves can have left its extremes where they were wiped.
  if (found === counts.total) return
  scan(0, PLACES - 1)
  counts.histogram.visit((place) => {
    if (place < low || place > high) counts.extend(shortestIn(place), longestIn(place))
  })
}

/** Durations lie on the grid: the first one above the bucket's lower bound, the last one up to its upper bound. */
function shortestIn(place: number): number {
  return place === 0 ? 0 : (Math.floor(upperBoundMs(place - 2 + FIRST_BUCKET) / GRID_MS) + 1) * GRID_MS
}

function longestIn(place: number): number {
  return place === 0 ? 0 : Math.floor(upperBoundMs(place - 1 + FIRST_BUCKET) / GRID_MS) * GRID_MS
}

function readBreakdown(
  counts: Counts,
  words: Uint32Array,
  seen: Uint32Array,
  floats: Float64Array,
  floatsSeen: Float64Array,
  parts: Parts,
): void {
  counts.ownMs = takeSum(floats, floatsSeen, at.OWN)
  counts.breakdown = new Map()
  for (let part = 0; part < at.PARTS; part++) {
    const calls = take(words, seen, at.CALLS + part)
    const wallMs = takeSum(floats, floatsSeen, at.WALL + part)
    if (calls > 0 || wallMs > 0) counts.breakdown.set(parts[part] ?? '(other)', { calls, wallMs })
  }
}

function readLevels(
  counts: Counts,
  words: Uint32Array,
  seen: Uint32Array,
  floats: Float64Array,
  floatsSeen: Float64Array,
): void {
  const levels = new Levels()
  for (let level = 0; level < LEVELS; level++) {
    const completed = take(words, seen, at.LEVEL_DONE + level)
    levels.add(level, completed, takeSum(floats, floatsSeen, at.LEVEL_TIME + level))
  }
  counts.levels = levels
}
