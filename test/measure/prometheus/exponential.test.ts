import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_VECTORS, vectors } from '../../vectors.ts'
import { random } from '../random.ts'
import { ulpAbove, ulpBelow } from '../ulp.ts'
import { bucketOf, coarsen, coarser, FINEST_SCHEMA, upperBound } from './exponential.ts'
import { FINE_BOUNDS } from './fine-bounds.ts'

const SCHEMAS = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8] as const
const SMALLEST_NORMAL = 2 ** -1022

interface Bounds {
  readonly bounds: readonly (readonly number[])[]
}
interface BoundCases {
  readonly cases: readonly { readonly idx: number; readonly schema: number; readonly want: number | '+Inf' }[]
}
interface Mapping {
  readonly cases: readonly {
    readonly scale: number
    readonly value: number
    readonly promIndex: number
  }[]
}
interface Downscale {
  readonly cases: readonly {
    readonly start: number
    readonly counts: readonly number[]
    readonly delta: number
    readonly wantStart: number
    readonly wantCounts: readonly number[]
  }[]
}

/** Any positive finite double, all exponents alike. */
function anyDouble(): number {
  return (1 + random()) * 2 ** Math.floor(-1074 + 2098 * random())
}

test('the bounds of all schemas are those of Prometheus', (t) => {
  const known = vectors<Bounds>('native-histogram/exponential_bounds.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  assert.deepEqual(FINE_BOUNDS, known.bounds[FINEST_SCHEMA])
  for (const [schema, bounds] of known.bounds.entries()) {
    assert.equal(bounds.length, 2 ** schema)
    for (const [i, bound] of bounds.entries()) {
      // The table is of [0.5, 1): one octave below index 0.
      assert.equal(upperBound(i - bounds.length, schema), bound)
      assert.equal(bucketOf(bound, schema), i - bounds.length)
    }
  }
})

test('upper bounds at the end of the range are those of Prometheus', (t) => {
  const known = vectors<BoundCases>('native-histogram/get_bound_exponential.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  assert.equal(known.cases.length, 15)
  for (const { idx, schema, want } of known.cases) {
    assert.equal(upperBound(idx, schema), want === '+Inf' ? Number.POSITIVE_INFINITY : want)
  }
})

test('indexes are those of OpenTelemetry, which counts subnormals as the smallest normal number', (t) => {
  const known = vectors<Mapping>('native-histogram/otel_index_mapping.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  assert.equal(known.cases.length, 132)
  for (const { scale, value, promIndex } of known.cases) {
    assert.equal(bucketOf(Math.max(value, SMALLEST_NORMAL), scale), promIndex, `${value} at scale ${scale}`)
  }
})

test('at every schema a bucket ends exactly at its bound', () => {
  for (const schema of SCHEMAS) {
    const perOctave = 2 ** schema
    for (const octave of [-1074, -1073, -1023, -1022, -1021, -64, -1, 0, 1, 16, 1022]) {
      for (let i = 0; i < Math.max(1, perOctave); i++) {
        const index = Math.ceil(octave * perOctave) + i
        const bound = upperBound(index, schema)
        // Among subnormals the bounds are closer than doubles are: only powers of two lie on one.
        if (octave < -1022 && i > 0) continue
        assert.equal(bucketOf(bound, schema), index, `${bound} at schema ${schema}`)
        assert.equal(bucketOf(ulpAbove(bound), schema) > index, true, `above ${bound} at schema ${schema}`)
        if (bound > Number.MIN_VALUE) assert.ok(bucketOf(ulpBelow(bound), schema) <= index)
        if (octave >= -1021) {
          assert.equal(bucketOf(ulpAbove(bound), schema), index + 1)
          assert.equal(bucketOf(ulpBelow(bound), schema), index)
        }
      }
    }
  }
})

test('any double lies between the bounds of its bucket, at every schema', () => {
  for (let i = 0; i < 5000; i++) {
    const value = anyDouble()
    for (const schema of SCHEMAS) {
      const index = bucketOf(value, schema)
      assert.ok(upperBound(index - 1, schema) <= value && value <= upperBound(index, schema), `${value}`)
      if (value > SMALLEST_NORMAL) assert.ok(upperBound(index - 1, schema) < value, `${value} at ${schema}`)
    }
  }
})

test('the smallest, the largest and infinite values have buckets of their own kind', () => {
  for (const schema of SCHEMAS) {
    const last = Math.ceil(1024 * 2 ** schema)
    assert.equal(bucketOf(Number.MAX_VALUE, schema), last)
    assert.equal(upperBound(last, schema), Number.MAX_VALUE)
    assert.equal(bucketOf(Number.POSITIVE_INFINITY, schema), last + 1)
    assert.equal(upperBound(last + 1, schema), Number.POSITIVE_INFINITY)
    assert.equal(bucketOf(Number.MIN_VALUE, schema), Math.ceil(-1074 * 2 ** schema))
  }
  assert.equal(upperBound(-1074, 0), Number.MIN_VALUE)
  assert.equal(upperBound(-1075, 0), 0)
  assert.equal(bucketOf(Number.MIN_VALUE, -11), 0)
  assert.equal(bucketOf(Number.POSITIVE_INFINITY, -11), 1)
})

test('what has no bucket is refused', () => {
  for (const value of [0, -0, -1, Number.NaN, Number.NEGATIVE_INFINITY]) {
    assert.throws(() => bucketOf(value, 6), {
      name: 'RangeError',
      message: `a bucket's value must be above 0, got ${value}`,
    })
  }
  for (const schema of [9, -12, 0.5, Number.NaN]) {
    assert.throws(() => bucketOf(1, schema), RangeError)
    assert.throws(() => upperBound(1, schema), RangeError)
  }
})

test('lowering the schema gives the buckets that it would have had from the start', () => {
  for (let i = 0; i < 2000; i++) {
    const value = anyDouble()
    const finest = bucketOf(value, FINEST_SCHEMA)
    for (const schema of SCHEMAS) {
      assert.equal(coarser(finest, FINEST_SCHEMA - schema), bucketOf(value, schema))
    }
  }
})

test('buckets are reduced as OpenTelemetry reduces them', (t) => {
  const known = vectors<Downscale>('native-histogram/downscale.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  assert.equal(known.cases.length, 9)
  for (const { start, counts, delta, wantStart, wantCounts } of known.cases) {
    // OpenTelemetry numbers a bucket by its lower bound, Prometheus by its upper.
    const reduced = coarsen({ first: start + 1, counts }, delta)
    assert.deepEqual(reduced, { first: wantStart + 1, counts: wantCounts })
  }
})

test('reducing loses no count', () => {
  const counts = Array.from({ length: 300 }, () => Math.floor(5 * random()))
  const total = counts.reduce((sum, count) => sum + count)
  for (let steps = 0; steps <= 12; steps++) {
    const reduced = coarsen({ first: -137, counts }, steps)
    assert.equal(
      reduced.counts.reduce((sum, count) => sum + count),
      total,
    )
  }
  assert.deepEqual(coarsen({ first: 5, counts: [] }, 2), { first: 2, counts: [] })
})
