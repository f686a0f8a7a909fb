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

// Each octave is cut into 128 cells, which hold at most one bound each: the cell says where its
// buckets start, one compare says on which side of the bound the mantissa lies.
const CELLS = 128
const cellPlace = new Int32Array(CELLS)
const cellBound = new Float64Array(CELLS)
for (let cell = 0; cell < CELLS; cell++) {
  const low = 1 + cell / CELLS
  const place = BOUNDS.findIndex((bound) => bound * 2 > low)
  cellPlace[cell] = place < 0 ? PER_OCTAVE : place
  const bound = BOUNDS[place < 0 ? PER_OCTAVE : place]
  cellBound[cell] = bound === undefined ? Number.POSITIVE_INFINITY : bound * 2
}
const LOWEST_EXPONENT = 1023 - 14
const octaveMs = Float64Array.from({ length: 41 }, (_, octave) => 2 ** (octave - 14))
// A value exactly on a power of two belongs to the octave below (upper bounds are inclusive): cell 0 starts at
// the bound 0.5 itself.
cellPlace[0] = 0
cellBound[0] = 1

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
  const cell = (high >>> 13) & 127
  // The bound is scaled to the value, not the value to the bound: writing the mantissa back for a second read of
  // the same eight bytes stalled the processor (17 ns a record instead of 9).
  const over = durationMs > cellBound[cell]! * octaveMs[octave]! ? 1 : 0
  return (octave << 6) + cellPlace[cell]! + over + 1
}

/** Upper bound in ms of the bucket with this index, inclusive. */
export function upperBoundMs(bucket: number): number {
  return BOUNDS[bucket & 63]! * 2 ** ((bucket >> 6) + 1)
}
