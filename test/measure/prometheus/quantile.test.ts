import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { FIRST_BUCKET, onGrid, PLACES, placeOf, SCHEMA } from '../../../src/measure/bucket.ts'
import { Histogram } from '../../../src/measure/histogram.ts'
import { NO_VECTORS, vectors } from '../../vectors.ts'
import { random } from '../random.ts'
import {
  type Distribution,
  type ExponentialHistogram,
  explicitDistribution,
  exponentialDistribution,
} from './distribution.ts'
import { type Buckets, bucketOf } from './exponential.ts'
import { parsePromqltest } from './promqltest.ts'
import { fraction, quantile } from './quantile.ts'

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number
const SCRIPT = new URL(
  '../../../../shared/vectors/native-histogram/promqltest_native_histograms.test',
  import.meta.url,
)

type JsonNumber = number | '+Inf' | '-Inf' | 'NaN'

interface PromqlCases {
  readonly cases: readonly {
    readonly fn: 'quantile' | 'fraction'
    readonly args: readonly JsonNumber[]
    readonly want: JsonNumber
    readonly histogram: {
      readonly schema?: number
      readonly count?: number
      readonly sum?: number
      readonly z_bucket?: number
      readonly z_bucket_w?: number
      readonly buckets?: readonly number[]
      readonly n_buckets?: readonly number[]
    }
  }[]
}
interface RemoteWrite {
  readonly schema: number
  readonly values: readonly number[]
  readonly quantile_prom3: Record<string, number>
  readonly fraction_le_0_05: number
}

const NONE = { first: 0, counts: [] }

/** Two values near zero (per side) and ten (per side) in five buckets from index 0 on, as Prometheus' tests use. */
function sided(sides: { readonly positive?: true; readonly negative?: true }): ExponentialHistogram {
  const buckets = { first: 0, counts: [2, 3, 0, 1, 4] }
  const number = Object.keys(sides).length
  return {
    schema: 0,
    count: 12 * number,
    sum: 100,
    zeroCount: 2 * number,
    zeroThreshold: 0.001,
    positive: sides.positive ? buckets : NONE,
    negative: sides.negative ? buckets : NONE,
  }
}

function bucketsOf(values: readonly number[], schema: number): Buckets {
  const indexes = values.map((value) => bucketOf(value, schema))
  const first = Math.min(...indexes)
  const counts = new Float64Array(Math.max(...indexes) - first + 1)
  for (const index of indexes) counts[index - first]! += 1
  return { first, counts }
}

function answer(fn: 'quantile' | 'fraction', args: readonly number[], distribution: Distribution): number {
  return fn === 'quantile' ? quantile(args[0]!, distribution) : fraction(args[0]!, args[1]!, distribution)
}

function parse(number: JsonNumber): number {
  return typeof number === 'number' ? number : Number(number.replace('Inf', 'Infinity'))
}

function assertNear(got: number, want: number, tolerance: number, message: string): void {
  const near = Object.is(got, want) || got === want || Math.abs(got - want) <= tolerance * Math.abs(want)
  assert.ok(near, `${message}: wanted ${want}, got ${got}`)
}

test('quantiles and fractions are those of Prometheus 3', (t) => {
  const known = vectors<PromqlCases>('native-histogram/promql_quantile_fraction.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  assert.equal(known.cases.length, 128)
  for (const [i, { fn, args, want, histogram }] of known.cases.entries()) {
    const distribution = exponentialDistribution({
      schema: histogram.schema ?? 0,
      count: histogram.count ?? 0,
      sum: histogram.sum ?? 0,
      zeroCount: histogram.z_bucket ?? 0,
      zeroThreshold: histogram.z_bucket_w ?? 0,
      positive: { first: 0, counts: histogram.buckets ?? [] },
      negative: { first: 0, counts: histogram.n_buckets ?? [] },
    })
    assertNear(answer(fn, args.map(parse), distribution), parse(want), 1e-14, `case ${i}, ${fn}(${args})`)
  }
})

test("every call on a loaded histogram in Prometheus' own tests gives what it expects", (t) => {
  if (!existsSync(SCRIPT)) return t.skip(NO_VECTORS)
  const { evaluations, skipped } = parsePromqltest(readFileSync(SCRIPT, 'utf8'))
  assert.equal(evaluations.length, 200)
  // The rest needs PromQL, or classic histograms.
  assert.equal(skipped.length, 13)
  for (const { line, fn, args, timesCount, distribution, want } of evaluations) {
    const got = answer(fn, args, distribution) * (timesCount ? distribution.count : 1)
    assertNear(got, want, 1e-6, `line ${line}`)
  }
})

test('a histogram that a real Prometheus accepted has the same quantiles here', (t) => {
  const known = vectors<RemoteWrite>('wire/remote_write_v1_native.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  const distribution = exponentialDistribution({
    schema: known.schema,
    count: known.values.length,
    sum: known.values.reduce((sum, value) => sum + value),
    zeroCount: 0,
    zeroThreshold: 0,
    positive: bucketsOf(known.values, known.schema),
    negative: NONE,
  })
  for (const [q, want] of Object.entries(known.quantile_prom3)) {
    assertNear(quantile(Number(q), distribution), want, 1e-14, `quantile ${q}`)
  }
  assertNear(fraction(0, 0.05, distribution), known.fraction_le_0_05, 1e-14, 'fraction')
})

// Figures of `TestNativeHistogram_HistogramQuantile` and `…Fraction` in Prometheus 2.40, promql/engine_test.go.
test('linear interpolation gives the quantiles of Prometheus 2', () => {
  const positive = exponentialDistribution(sided({ positive: true }), 'linear')
  const negative = exponentialDistribution(sided({ negative: true }), 'linear')
  const both = exponentialDistribution(sided({ positive: true, negative: true }), 'linear')
  const cases = [
    [positive, 1.0001, INF],
    [positive, 1, 16],
    [positive, 0.99, 15.759999999999998],
    [positive, 0.9, 13.600000000000001],
    [positive, 0.6, 4.799999999999997],
    [positive, 0.5, 1.6666666666666665],
    [positive, 0.1, 0.0006000000000000001],
    [positive, 0, 0],
    [positive, -1, -INF],
    [negative, 1, 0],
    [negative, 0.99, -6.000000000000048e-5],
    [negative, 0.9, -0.0005999999999999996],
    [negative, 0.5, -1.6666666666666667],
    [negative, 0.1, -13.6],
    [negative, 0, -16],
    [both, 1, 16],
    [both, 0.99, 15.519999999999996],
    [both, 0.9, 11.200000000000003],
    [both, 0.7, 1.2666666666666657],
    [both, 0.55, 0.0006000000000000005],
    [both, 0.5, 0],
    [both, 0.45, -0.0005999999999999996],
    [both, 0.3, -1.266666666666667],
    [both, 0.1, -11.2],
    [both, 0.01, -15.52],
    [both, 0, -16],
  ] as const
  for (const [distribution, q, want] of cases) {
    assertNear(quantile(q, distribution), want, 1e-12, `quantile ${q}`)
  }
})

test('linear interpolation gives the fractions of Prometheus 2', () => {
  const positive = exponentialDistribution(sided({ positive: true }), 'linear')
  const negative = exponentialDistribution(sided({ negative: true }), 'linear')
  const both = exponentialDistribution(sided({ positive: true, negative: true }), 'linear')
  const cases = [
    [positive, 0, 0.0005, 1 / 12],
    [positive, 1, 2, 3 / 12],
    [positive, 1.5, 2, 1.5 / 12],
    [positive, 1, 6, 3.5 / 12],
    [positive, 1.5, 6, 2 / 12],
    [positive, -6, -1.5, 0],
    [negative, -0.0005, 0, 1 / 12],
    [negative, -2, -1.5, 1.5 / 12],
    [negative, -6, -1, 3.5 / 12],
    [negative, -6, -1.5, 2 / 12],
    [negative, 1.5, 6, 0],
    [both, -0.0005, 0.0005, 2 / 24],
    [both, 1.5, 2, 1.5 / 24],
    [both, 1.5, 6, 2 / 24],
    [both, -2, -1.5, 1.5 / 24],
    [both, -6, -1.5, 2 / 24],
    [both, -INF, INF, 1],
  ] as const
  for (const [distribution, lower, upper, want] of cases) {
    assertNear(fraction(lower, upper, distribution), want, 1e-12, `fraction ${lower} … ${upper}`)
  }
})

test('a histogram with bounds of its own is interpolated linearly, and not at all in its open ends', () => {
  const distribution = explicitDistribution({ count: 10, sum: 99, bounds: [5, 10], counts: [4, 4, 2] })
  assert.equal(quantile(0.2, distribution), 2.5)
  assert.equal(quantile(0.6, distribution), 7.5)
  assert.equal(quantile(0.99, distribution), 10)
  assert.equal(fraction(-INF, 1000, distribution), 0.8)
  assert.equal(fraction(0, 2.5, distribution), 0.2)

  const below = explicitDistribution({ count: 4, sum: 0, bounds: [-3, 3], counts: [1, 2, 1] })
  assert.equal(quantile(0.1, below), -3)
  assert.equal(fraction(-INF, -3, below), 0.25)
  assert.equal(fraction(-INF, -99, below), 0.25)
  assert.equal(fraction(-INF, 0, below), 0.5)
  assert.equal(quantile(0.5, explicitDistribution({ count: 3, sum: 9, bounds: [], counts: [3] })), 0)
})

test('without observations there is no quantile and no fraction', () => {
  const empty = exponentialDistribution({ ...sided({}), zeroCount: 0, count: 0 })
  assert.ok(Number.isNaN(quantile(0.5, empty)))
  assert.ok(Number.isNaN(fraction(0, 1, empty)))
  const one = exponentialDistribution(sided({ positive: true }))
  assert.ok(Number.isNaN(quantile(NAN, one)))
})

test('counts that add up to more than the whole, as rounded rates do, make no fraction above 1', () => {
  const distribution = exponentialDistribution({ ...sided({ positive: true }), count: 11 })
  assert.equal(fraction(-INF, INF, distribution), 1)
})

test('a fraction undoes a quantile, and a mirrored histogram has mirrored quantiles', () => {
  for (const interpolation of ['exponential', 'linear'] as const) {
    const both = exponentialDistribution(sided({ positive: true, negative: true }), interpolation)
    const positive = exponentialDistribution(sided({ positive: true }), interpolation)
    const negative = exponentialDistribution(sided({ negative: true }), interpolation)
    for (let q = 0.005; q < 1; q += 0.01) {
      for (const distribution of [both, positive, negative]) {
        assertNear(fraction(-INF, quantile(q, distribution), distribution), q, 1e-12, `${interpolation} ${q}`)
      }
      assertNear(quantile(1 - q, negative), -quantile(q, positive), 1e-12, `${interpolation} ${q}`)
    }
  }
})

test("the application's own histogram has the same quantiles and shares", () => {
  for (let run = 0; run < 40; run++) {
    const own = new Histogram()
    const counts = new Float64Array(PLACES)
    const n = 1 + Math.floor(400 * random())
    for (let i = 0; i < n; i++) {
      const place = placeOf(run % 4 === 0 && random() < 0.2 ? 0 : onGrid(2 ** ((run % 36) * random() - 10)))
      own.add(place, 1)
      counts[place]! += 1
    }
    const distribution = exponentialDistribution({
      schema: SCHEMA,
      count: n,
      sum: 0,
      zeroCount: counts[0]!,
      zeroThreshold: 0,
      positive: { first: FIRST_BUCKET, counts: counts.subarray(1) },
      negative: NONE,
    })
    for (const q of [0, 0.01, 0.1, 0.25, 0.49, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1]) {
      assertNear(own.quantileMs(q)!, quantile(q, distribution), 1e-12, `${q} of ${n}`)
    }
    for (const limitMs of [0.001, 0.5, 1, 25, 50, 1e5]) {
      assertNear(own.shareUnder(limitMs), fraction(-INF, limitMs, distribution), 1e-12, `under ${limitMs} ms`)
    }
  }
})
