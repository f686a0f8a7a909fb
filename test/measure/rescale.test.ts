import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bucketOf, coarser, fromOtlpIndex, toOtlpIndex, upperBound } from '../../src/measure/exponential.ts'
import { RescalingHistogram } from '../../src/measure/rescale.ts'
import { NO_VECTORS, vectors } from '../vectors.ts'
import { random } from './random.ts'

interface Rescales {
  readonly cases: readonly {
    readonly maxSize: number
    readonly values: readonly number[]
    readonly expectedStart: number
    readonly expectedCounts: readonly number[]
    readonly expectedScale: number
  }[]
  readonly limits_scale20: readonly { readonly value: string; readonly startBin: number }[]
}
interface OtlpExport {
  readonly values: readonly number[]
  readonly json: {
    readonly resourceMetrics: readonly {
      readonly scopeMetrics: readonly {
        readonly metrics: readonly {
          readonly exponentialHistogram: { readonly dataPoints: readonly DataPoint[] }
        }[]
      }[]
    }[]
  }
}
interface DataPoint {
  readonly scale: number
  readonly count: number
  readonly sum: number
  readonly zeroCount: number
  readonly positive: { readonly offset: number; readonly bucketCounts: readonly number[] }
}

function recorded(values: readonly number[], maxSize?: number): RescalingHistogram {
  const histogram = new RescalingHistogram(maxSize)
  for (const value of values) histogram.record(value)
  return histogram
}

test('the scale falls as OpenTelemetry lets it fall, on both sides of zero', (t) => {
  const known = vectors<Rescales>('native-histogram/otel_record_rescale.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  assert.equal(known.cases.length, 8)
  for (const { maxSize, values, expectedStart, expectedCounts, expectedScale } of known.cases) {
    const histogram = recorded(
      values.flatMap((value) => [value, -value]),
      maxSize,
    )
    const buckets = { first: fromOtlpIndex(expectedStart), counts: expectedCounts }
    assert.equal(histogram.schema, expectedScale)
    assert.deepEqual(histogram.positive, buckets)
    assert.deepEqual(histogram.negative, buckets)
  }
})

test("OpenTelemetry's scale 20 at the ends of the range reduces to our finest", (t) => {
  const known = vectors<Rescales>('native-histogram/otel_record_rescale.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  const values = [Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 63]
  assert.equal(known.limits_scale20.length, values.length)
  for (const [i, { value, startBin }] of known.limits_scale20.entries()) {
    const { schema, positive } = recorded([values[i]!])
    assert.equal(positive.first, coarser(fromOtlpIndex(startBin), 20 - schema), value)
  }
})

test('the same values give the same data point as the OpenTelemetry SDK', (t) => {
  const known = vectors<OtlpExport>('wire/otlp_exponential_histogram.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  const metric = known.json.resourceMetrics[0]!.scopeMetrics[0]!.metrics[0]!
  const point = metric.exponentialHistogram.dataPoints[0]!
  const histogram = recorded(known.values)
  assert.equal(histogram.schema, point.scale)
  assert.equal(histogram.count, point.count)
  assert.equal(histogram.zeroCount, point.zeroCount)
  assert.ok(Math.abs(histogram.sum - point.sum) < 1e-12)
  assert.equal(toOtlpIndex(histogram.positive.first), point.positive.offset)
  assert.deepEqual(histogram.positive.counts, point.positive.bucketCounts)
})

test('no value is lost, none is in a wrong bucket, and the size stays within bounds', () => {
  for (const maxSize of [2, 3, 7, 160]) {
    const values = Array.from({ length: 500 }, () => (random() - 0.5) * 2 ** Math.floor(60 * random() - 30))
    const histogram = recorded(values, maxSize)
    for (const [sign, { first, counts }] of [
      [1, histogram.positive],
      [-1, histogram.negative],
    ] as const) {
      assert.ok(counts.length <= maxSize)
      for (let i = 0; i < counts.length; i++) {
        const inside = values.filter(
          (value) => sign * value > 0 && bucketOf(sign * value, histogram.schema) === first + i,
        )
        assert.equal(counts[i], inside.length)
      }
    }
    assert.equal(histogram.count, values.length)
  }
})

test('the schema is lowered no further than needed', () => {
  const histogram = recorded([1, 2], 256)
  assert.equal(histogram.schema, 7)
  assert.equal(recorded([1, 2], 257).schema, 8)
  assert.equal(upperBound(histogram.positive.first, histogram.schema), 1)
})

test('the whole range of a double fits into 160 buckets Prometheus takes, and into two', () => {
  const extremes = [Number.MIN_VALUE, 1, Number.MAX_VALUE, Number.POSITIVE_INFINITY]
  assert.equal(recorded(extremes).schema, -4)
  const smallest = recorded(extremes, 2)
  assert.deepEqual([smallest.schema, smallest.positive], [-11, { first: 0, counts: [2, 2] }])
  assert.throws(() => new RescalingHistogram(1), RangeError)
  assert.throws(() => new RescalingHistogram(Number.NaN), RangeError)
})

test('zeros and NaN are counted outside the buckets', () => {
  const histogram = recorded([0, -0, Number.NaN, 1])
  assert.equal(histogram.count, 4)
  assert.equal(histogram.zeroCount, 2)
  assert.ok(Number.isNaN(histogram.sum))
  assert.deepEqual(histogram.positive.counts, [1])
  assert.deepEqual(histogram.negative.counts, [])
})
