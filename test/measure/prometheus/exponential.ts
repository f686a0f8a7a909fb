import { FINE_BOUNDS } from './fine-bounds.ts'

/** The finest schema with exact bounds; OpenTelemetry, which calls it *scale*, goes on to 20. */
export const FINEST_SCHEMA = 8
/** Two buckets hold every double: a coarser one tells nothing more apart. */
const COARSEST_SCHEMA = -11
const PER_OCTAVE = FINE_BOUNDS.length

const SMALLEST_NORMAL = 2 ** -1022
/** The finest bucket whose bound would be 2¹⁰²⁴: it holds the largest doubles; infinity has the next to itself. */
const LAST_FINITE = 1024 * PER_OCTAVE

/** Neighbouring buckets of one schema: `counts[i]` is the count of the bucket with index `first + i`. */
export interface Buckets {
  /** As Prometheus counts: the bucket with index 0 ends at 1. One more than OpenTelemetry's `offset`. */
  readonly first: number
  readonly counts: ArrayLike<number>
}

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/**
 * Index of the bucket that holds `value`: `i` where 2^((i−1)/2^schema) < value ≤ 2^(i/2^schema), exact to the last
 * bit. Source: Prometheus `model/histogram/generic.go`. A negative value has the index of its magnitude, among the
 * negative buckets.
 *
 * @param value above 0; infinity has an index, a zero does not: it belongs to the zero bucket
 * @param schema −11 … 8; Prometheus accepts −4 and above, OpenTelemetry −10
 * @throws RangeError for another schema, and for NaN, zero and values below it
 * @example bucketOf(2, 0) // 1: above 1, up to 2
 */
export function bucketOf(value: number, schema: number): number {
  // Schemas nest exactly, so one search in the finest serves them all.
  return coarser(finestBucketOf(value), stepsBelowFinest(schema))
}

/**
 * Upper bound, inclusive, of the bucket with this index; its lower bound is the one of `index − 1`. The last bucket
 * that holds doubles ends at the largest of them, the next at infinity.
 *
 * @throws RangeError for a schema that is not −11 … 8
 */
export function upperBound(index: number, schema: number): number {
  const fine = index * 2 ** stepsBelowFinest(schema)
  if (fine >= LAST_FINITE) return fine === LAST_FINITE ? Number.MAX_VALUE : Number.POSITIVE_INFINITY
  const octave = Math.floor(fine / PER_OCTAVE)
  // In two halves: 2^(octave + 1) itself leaves the range of a double before the bound does.
  const half = Math.trunc(octave / 2)
  return FINE_BOUNDS[fine - octave * PER_OCTAVE]! * 2 ** half * 2 ** (octave + 1 - half)
}

/** The bucket that holds bucket `index` when the schema is lowered by `steps`, 0 … 31. */
export function coarser(index: number, steps: number): number {
  return ((index - 1) >> steps) + 1
}

/** The same counts in the buckets of a schema lowered by `steps`; each step makes one bucket of two. */
export function coarsen(buckets: Buckets, steps: number): { first: number; readonly counts: number[] } {
  const first = coarser(buckets.first, steps)
  const counts: number[] = []
  for (let i = 0; i < buckets.counts.length; i++) {
    const at = coarser(buckets.first + i, steps) - first
    counts[at] = (counts[at] ?? 0) + buckets.counts[i]!
  }
  return { first, counts }
}

function stepsBelowFinest(schema: number): number {
  if (Number.isInteger(schema) && schema >= COARSEST_SCHEMA && schema <= FINEST_SCHEMA) {
    return FINEST_SCHEMA - schema
  }
  throw new RangeError(
    `a schema must be a whole number from ${COARSEST_SCHEMA} to ${FINEST_SCHEMA}, got ${schema}`,
  )
}

function finestBucketOf(value: number): number {
  if (!(value > 0)) throw new RangeError(`a bucket's value must be above 0, got ${value}`)
  if (value === Number.POSITIVE_INFINITY) return LAST_FINITE + 1
  // A subnormal has no exponent of its own: lift it into the normal range, then take the lift off again.
  const lift = value < SMALLEST_NORMAL ? 52 : 0
  float[0] = value * 2 ** lift
  const octave = (words[1]! >>> 20) - 1023 - lift
  // The mantissa as a double in [0.5, 1): same fraction bits, exponent −1.
  words[1] = (words[1]! & 0xfffff) | 0x3fe00000
  return octave * PER_OCTAVE + boundsUnder(float[0]!)
}

/** How many of the table's bounds lie under the mantissa: its bucket within the octave. */
function boundsUnder(mantissa: number): number {
  let low = 0
  let high = PER_OCTAVE
  while (low < high) {
    const middle = (low + high) >> 1
    if (FINE_BOUNDS[middle]! < mantissa) low = middle + 1
    else high = middle
  }
  return low
}
