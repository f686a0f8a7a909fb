import { PLACES } from './bucket.ts'
import { LEVELS } from './levels.ts'

/**
 * Where a tally's numbers lie in its shared buffer: two halves for the writer, then two baselines, the engine's
 * last reading of each half. Indexes are into a Float64Array and a Uint32Array over the same buffer.
 */

/** Most distinct limits a series counts good operations for. */
export const LIMITS = 4
/** Components that a request's breakdown tells apart; the last one takes the rest. */
export const PARTS = 16

/** Float64 places within a half. */
export const SUM = 0
export const MIN = 1
export const MAX = 2
export const LIMIT = 3
export const OWN: number = LIMIT + LIMITS
export const WALL: number = OWN + 1
export const LEVEL_TIME: number = WALL + PARTS

/** Uint32 places within a half. `OK + k`: ok operations with exactly k limits at or under their duration. */
export const OK = 0
export const FAILED: number = OK + LIMITS + 1
export const HITS: number = FAILED + 1
export const MISSES: number = FAILED + 2
export const PLACE: number = FAILED + 3
export const CALLS: number = PLACE + PLACES
export const LEVEL_DONE: number = CALLS + PARTS

export interface Layout {
  /** Float64 places of one half, and its Uint32 places. */
  readonly floats: number
  readonly words: number
  /** Uint32 index at which the words begin (the floats of all four parts come first). */
  readonly wordsFrom: number
  readonly bytes: number
}

function layout(floats: number, words: number): Layout {
  const even = words + (words % 2)
  return { floats, words: even, wordsFrom: 4 * floats * 2, bytes: 4 * (floats * 8 + even * 4) }
}

export const PLAIN: Layout = layout(OWN, CALLS)
/** A request's tally also holds the breakdown by component and the figures by number in flight. */
export const REQUEST: Layout = layout(LEVEL_TIME + LEVELS, LEVEL_DONE + LEVELS)

/**
 * Sums wrap here, as the counters wrap at 2³²: a difference stays exact however long the process runs, as long
 * as one reading's own sum is under 2³⁸ ms.
 */
export const SUM_WRAP: number = 2 ** 38

/**
 * Most durations that a tally keeps, behind its four parts, while nobody knows the limits in force: of its first ok
 * operations, in their order. Of more than these the histogram has to say how many are good. As long as they are kept,
 * the first limit is 0.
 */
export const EARLY = 8192
