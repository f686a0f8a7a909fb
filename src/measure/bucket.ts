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

// Each octave is cut into 128 cells, which hold at most one bound each. A double's exponent and the first seven bits
// of its mantissa are the cell's number; the cell says at which place it begins, one compare with its bound says
// whether a value lies one further. (A table of one octave whose bounds are scaled at every look-up took 1 ns more.)
const CELLS = 128
/** From 2⁻¹⁵ ms: what lies just under the grid counts as the grid. */
const OCTAVES = 41
const LOWEST = -15
const FIRST_CELL = (1023 + LOWEST) * CELLS
const cellPlace = new Uint16Array(OCTAVES * CELLS + 1)
const cellBound = new Float64Array(OCTAVES * CELLS + 1)
for (let cell = 0; cell < cellPlace.length; cell++) {
  const octave = LOWEST + Math.floor(cell / CELLS)
  const within = cell % CELLS
  // A power of two belongs to the octave below (upper bounds are inclusive): there the first bound is itself.
  const bound = within === 0 ? 0 : BOUNDS.findIndex((each) => each * 2 > 1 + within / CELLS)
  cellPlace[cell] = Math.max(1, octave * PER_OCTAVE + (bound < 0 ? PER_OCTAVE : bound) - FIRST_BUCKET + 1)
  cellBound[cell] =
    bound < 0
      ? Number.POSITIVE_INFINITY
      : octave < -14
        ? Number.POSITIVE_INFINITY
        : BOUNDS[bound]! * 2 ** (octave + 1)
}

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
  const cell = (bits[1]! >>> 13) - FIRST_CELL
  return cellPlace[cell]! + (durationMs > cellBound[cell]! ? 1 : 0)
}

/** Upper bound in ms of the bucket with this index, inclusive. */
export function upperBoundMs(bucket: number): number {
  return BOUNDS[bucket & 63]! * 2 ** ((bucket >> 6) + 1)
}
