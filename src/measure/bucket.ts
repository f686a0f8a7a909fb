import { BOUNDS } from './bounds.ts'

/**
 * Base-2 exponential buckets, schema 6: bucket `i` holds durations in `(2^((i-1)/64), 2^(i/64)]` ms, as in a
 * Prometheus native histogram (OpenTelemetry's index is one less). Source of the rule: Prometheus
 * `model/histogram/generic.go`.
 */
export const SCHEMA = 6
const PER_OCTAVE = 64

/** Durations are rounded to this grid once, at recording: 2⁻¹⁴ ms, 61 ns. */
export const GRID_MS: number = 2 ** -14
/** Longest duration that is told apart, 2²⁶ ms (18.6 h); longer ones count as this long. */
export const LONGEST_MS: number = 2 ** 26

/** Index of the bucket whose upper bound is the grid itself: the first one in use. */
export const FIRST_BUCKET: number = -14 * PER_OCTAVE
export const LAST_BUCKET: number = 26 * PER_OCTAVE
/** Places in a dense array of counts: place 0 is the zero bucket, place 1 is `FIRST_BUCKET`. */
export const PLACES: number = LAST_BUCKET - FIRST_BUCKET + 2

const float = new Float64Array(1)
const bits = new Uint32Array(float.buffer)

// Each octave is cut into 128 cells, which hold at most one bound each. A cell holds, in one word: how many bounds
// lie below it (upper 12 bits), and the upper 20 bits of the mantissa of the bound within it.
const CELLS = 128
const cells = new Uint32Array(CELLS)
const boundLow = new Uint32Array(CELLS)
for (let cell = 0, at = 0; cell < CELLS; cell++) {
  const low = 1 + cell / CELLS
  while (cell > 0 && at < PER_OCTAVE && BOUNDS[at]! * 2 <= low) at++
  const bound = at === PER_OCTAVE ? 2 : BOUNDS[at]! * 2
  float[0] = bound
  const inside = bound < low + 1 / CELLS
  cells[cell] = ((at << 20) | (inside ? bits[1]! & 0xfffff : 0xfffff)) >>> 0
  boundLow[cell] = inside ? bits[0]! : 0xffffffff
}
const LOWEST_EXPONENT = 1023 - 14

/** Rounds to the grid; ties go to the even neighbour. Exact for 0 ≤ durationMs ≤ LONGEST_MS. */
export function onGrid(durationMs: number): number {
  // Adding 1.5·2³⁸ leaves 14 binary places in a double; the addition itself does the rounding.
  return durationMs + 412_316_860_416 - 412_316_860_416
}

/**
 * Place of a duration in a dense array of counts.
 *
 * @param durationMs on the grid, 0 … LONGEST_MS
 */
export function placeOf(durationMs: number): number {
  if (durationMs === 0) return 0
  float[0] = durationMs
  const high = bits[1]!
  const octave = (high >>> 20) - LOWEST_EXPONENT
  const mantissa = high & 0xfffff
  const cell = cells[mantissa >>> 13]!
  const bound = cell & 0xfffff
  const place = (octave << 6) + (cell >>> 20) + 1
  // The sign of the difference, not a comparison: which side of a bound a duration lies on is a coin's toss, and
  // a branch on it was predicted wrongly every other time.
  if (mantissa !== bound) return place + ((bound - mantissa) >>> 31)
  return place + (bits[0]! > boundLow[mantissa >>> 13]! ? 1 : 0)
}

/** Upper bound in ms of the bucket with this index, inclusive. */
export function upperBoundMs(bucket: number): number {
  return BOUNDS[bucket & 63]! * 2 ** ((bucket >> 6) + 1)
}
