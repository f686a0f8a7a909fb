import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BOUNDS } from '../../src/measure/bounds.ts'
import {
  FIRST_BUCKET,
  GRID_MS,
  LAST_BUCKET,
  LONGEST_MS,
  onGrid,
  PLACES,
  placeOf,
  SCHEMA,
  upperBoundMs,
} from '../../src/measure/bucket.ts'
import { NO_VECTORS, vectors } from '../vectors.ts'
import { coarser } from './prometheus/exponential.ts'
import { FINE_BOUNDS } from './prometheus/fine-bounds.ts'
import { random } from './random.ts'
import { ulpAbove, ulpBelow } from './ulp.ts'

interface Mapping {
  readonly cases: readonly { readonly scale: number; readonly value: number; readonly promIndex: number }[]
}

const bucketOf = (durationMs: number) => placeOf(durationMs) - 1 + FIRST_BUCKET
const randomMs = () => GRID_MS * 2 ** (40 * random())

test('the bounds are those of Prometheus', (t) => {
  const known = vectors<{ bounds: readonly (readonly number[])[] }>(
    'native-histogram/exponential_bounds.json',
  )
  if (known === undefined) return t.skip(NO_VECTORS)
  assert.deepEqual(BOUNDS, known.bounds[SCHEMA])
  assert.deepEqual(
    BOUNDS,
    FINE_BOUNDS.filter((_, i) => i % 4 === 0),
  )
})

test('the bucket agrees with OpenTelemetry at every scale that schema 6 can be reduced to', (t) => {
  const known = vectors<Mapping>('native-histogram/otel_index_mapping.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  const within = known.cases.filter(({ value }) => value >= GRID_MS && value <= LONGEST_MS)
  assert.equal(within.length, 58)
  for (const { scale, value, promIndex } of within) {
    assert.equal(coarser(bucketOf(value), SCHEMA - scale), promIndex, `${value} at scale ${scale}`)
  }
})

test('a bucket ends exactly at its bound', () => {
  for (let bucket = FIRST_BUCKET; bucket <= LAST_BUCKET; bucket++) {
    const bound = upperBoundMs(bucket)
    assert.equal(bucketOf(ulpBelow(bound)), bucket)
    assert.equal(bucketOf(bound), bucket)
    if (bucket < LAST_BUCKET) assert.equal(bucketOf(ulpAbove(bound)), bucket + 1)
  }
})

test('any duration lies between the bounds of its bucket', () => {
  for (let i = 0; i < 20_000; i++) {
    const durationMs = randomMs()
    const octave = Math.floor(Math.log2(durationMs))
    const mantissa = durationMs / 2 ** (octave + 1)
    const expected = octave * BOUNDS.length + BOUNDS.filter((bound) => bound < mantissa).length
    assert.equal(bucketOf(durationMs), expected, `${durationMs} ms`)
    assert.ok(durationMs > upperBoundMs(expected - 1) && durationMs <= upperBoundMs(expected))
  }
})

test('the places run from zero and one step of the grid to the longest duration', () => {
  assert.equal(placeOf(0), 0)
  assert.equal(placeOf(GRID_MS), 1)
  assert.equal(placeOf(LONGEST_MS), PLACES - 1)
  assert.equal(upperBoundMs(FIRST_BUCKET), GRID_MS)
  assert.equal(upperBoundMs(LAST_BUCKET), LONGEST_MS)
})

test('rounding to the grid moves a duration by at most half a step, and only once', () => {
  for (let i = 0; i < 20_000; i++) {
    const durationMs = randomMs()
    const rounded = onGrid(durationMs)
    assert.ok(Math.abs(rounded - durationMs) <= GRID_MS / 2)
    assert.ok(Number.isInteger(rounded / GRID_MS))
    assert.equal(onGrid(rounded), rounded)
  }
})

test('rounding takes a tie to the even neighbour, and anything under half a step to zero', () => {
  const ties = [
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [3.5, 4],
  ] as const
  for (const baseMs of [0, 1, 1000, LONGEST_MS - 1]) {
    for (const [tie, even] of ties) {
      assert.equal(onGrid(baseMs + tie * GRID_MS), baseMs + even * GRID_MS)
    }
  }
  assert.equal(onGrid(0), 0)
  assert.equal(onGrid(ulpBelow(GRID_MS / 2)), 0)
  assert.equal(onGrid(ulpAbove(GRID_MS / 2)), GRID_MS)
  assert.equal(onGrid(LONGEST_MS), LONGEST_MS)
})

test('sums of rounded durations are the same in any order', () => {
  const durations = Array.from({ length: 5000 }, () => onGrid(randomMs()))
  const forward = durations.reduce((sum, durationMs) => sum + durationMs, 0)
  const sorted = durations.toSorted((a, b) => a - b).reduce((sum, durationMs) => sum + durationMs, 0)
  assert.equal(sorted, forward)
})
