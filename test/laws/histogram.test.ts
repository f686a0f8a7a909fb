import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FIRST_BUCKET, placeOf, SCHEMA } from '../../src/measure/bucket.ts'
import { Counts } from '../../src/measure/counts.ts'
import { Histogram } from '../../src/measure/histogram.ts'
import { type ExponentialHistogram, exponentialDistribution } from '../measure/prometheus/distribution.ts'
import { fraction, quantile } from '../measure/prometheus/quantile.ts'
import { countsOf, durations, operation, partialCounts, requestCounts, told } from './operations.ts'

const some = fc.array(durations, { maxLength: 60 })
const many = fc.array(durations, { minLength: 1, maxLength: 300 })
const share = fc.oneof(
  fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 0.999, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
)
const counts = fc.oneof(requestCounts, partialCounts)

function histogramOf(list: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const durationMs of list) histogram.add(placeOf(durationMs), 1)
  return histogram
}

function merged(...parts: readonly Histogram[]): Histogram {
  const sum = new Histogram()
  for (const part of parts) sum.merge(part)
  return sum
}

function sumOf(...parts: readonly Counts[]): Counts {
  const sum = new Counts()
  for (const part of parts) sum.add(part)
  return sum
}

const entries = (histogram: Histogram) => [...histogram.entries()]

test('merging histograms is associative and commutative, and keeps every count', () => {
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      const [x, y, z] = [histogramOf(a), histogramOf(b), histogramOf(c)]
      const whole = entries(histogramOf([...a, ...b, ...c]))
      assert.deepEqual(entries(merged(merged(x, y), z)), whole)
      assert.deepEqual(entries(merged(x, merged(y, z))), whole)
      assert.deepEqual(entries(merged(z, y, x)), whole)
      assert.equal(merged(x, y, z).total(), a.length + b.length + c.length)
    }),
  )
})

test('a fleet’s day of more than 2³² operations in one bucket is counted exactly', () => {
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 2 ** 50 }), durations, (a, count, durationMs) => {
      const histogram = histogramOf(a)
      const large = new Histogram()
      large.add(placeOf(durationMs), count)
      const sum = merged(histogram, large)
      sum.add(placeOf(durationMs), count)
      assert.equal(sum.total(), a.length + 2 * count)
      sum.merge(large, -1)
      sum.merge(large, -1)
      assert.deepEqual(entries(sum), entries(histogram))
    }),
  )
})

test('merging leaves the merged histogram as it was', () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const part = histogramOf(b)
      const sum = merged(histogramOf(a), part)
      sum.merge(part)
      assert.deepEqual(entries(part), entries(histogramOf(b)))
    }),
  )
})

test('what is added and taken away again leaves no trace', () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const histogram = histogramOf(a)
      histogram.merge(histogramOf(b))
      histogram.merge(histogramOf(b), -1)
      assert.deepEqual(entries(histogram), entries(histogramOf(a)))
      histogram.reset()
      assert.equal(histogram.total(), 0)
    }),
  )
})

test('adding counts is associative and commutative, sums to the last bit', () => {
  fc.assert(
    fc.property(counts, counts, counts, (a, b, c) => {
      const whole = told(sumOf(a, b, c))
      assert.deepEqual(told(sumOf(sumOf(a, b), c)), whole)
      assert.deepEqual(told(sumOf(a, sumOf(b, c))), whole)
      assert.deepEqual(told(sumOf(c, b, a)), whole)
    }),
  )
})

test('counts that are added and taken away again leave nothing but the extremes', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const sum = sumOf(a, b)
      sum.subtract(b)
      sum.minMs = a.minMs
      sum.maxMs = a.maxMs
      assert.deepEqual(told(sum), told(sumOf(a)))
      assert.ok(sum.goods.every((entry) => entry.covered > 0))
      for (const share of sum.breakdown?.values() ?? []) assert.ok(share.calls !== 0 || share.wallMs !== 0)
    }),
  )
})

/** The order statistic that Prometheus' rank rule selects; it counts from the nearer end. */
function exact(sorted: readonly number[], q: number): number {
  const rank = Math.max(1, Math.ceil((q < 0.5 ? q : 1 - q) * sorted.length))
  return q < 0.5 ? sorted[rank - 1]! : sorted[sorted.length - rank]!
}

test('a quantile is within 1.1 % of the duration at its rank', () => {
  fc.assert(
    fc.property(many, share, (list, q) => {
      const sorted = list.toSorted((one, other) => one - other)
      const wanted = exact(sorted, q)
      const found = histogramOf(list).quantileMs(q)!
      assert.ok(Math.abs(found - wanted) <= 0.011 * wanted, `${found} for ${wanted}`)
    }),
    { numRuns: 1000 },
  )
})

test('percentiles rise, and lie between the extremes', () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 300 }), (operations) => {
      const all = countsOf(operations)
      const found = [0, 0.25, 0.49, 0.5, 0.75, 0.9, 0.95, 0.99, 1].map((q) => all.percentileMs(q)!)
      for (const [i, percentileMs] of found.entries()) {
        assert.ok(percentileMs >= all.minMs && percentileMs <= all.maxMs)
        if (i > 0) assert.ok(percentileMs >= found[i - 1]! * (1 - 1e-12))
      }
    }),
  )
})

test('an empty histogram has no percentile', () => {
  assert.equal(new Histogram().quantileMs(0.95), undefined)
  assert.equal(new Counts().percentileMs(0.95), undefined)
  assert.ok(Number.isNaN(new Histogram().shareUnder(50)))
})

/** The same counts in the form in which they leave for Prometheus. */
function exported(list: readonly number[]): ExponentialHistogram {
  const zeroCount = list.filter((durationMs) => durationMs === 0).length
  const buckets = list.filter((durationMs) => durationMs !== 0).map((durationMs) => placeOf(durationMs) - 1)
  const first = Math.min(...buckets)
  const positive = Array.from({ length: Math.max(...buckets) - first + 1 }, () => 0)
  for (const bucket of buckets) positive[bucket - first]!++
  const empty = { first: 0, counts: [] }
  return {
    schema: SCHEMA,
    count: list.length,
    sum: list.reduce((sum, durationMs) => sum + durationMs, 0),
    zeroCount,
    zeroThreshold: 0,
    positive: buckets.length === 0 ? empty : { first: first + FIRST_BUCKET, counts: positive },
    negative: empty,
  }
}

const near = (one: number, other: number) => Math.abs(one - other) <= 1e-12 * Math.max(one, other)

test('quantiles and shares are those that Prometheus finds', () => {
  fc.assert(
    fc.property(many, share, durations, (list, q, limitMs) => {
      const histogram = histogramOf(list)
      const distribution = exponentialDistribution(exported(list))
      const theirs = quantile(q, distribution)
      assert.ok(near(histogram.quantileMs(q)!, theirs), `${histogram.quantileMs(q)} and ${theirs} at ${q}`)
      if (limitMs > 0) assert.ok(near(histogram.shareUnder(limitMs), fraction(0, limitMs, distribution)))
    }),
  )
})

test('good operations are exact for a limit that was in force, else estimated from the buckets', () => {
  fc.assert(
    fc.property(
      fc.array(operation, { maxLength: 100 }),
      fc.array(operation, { maxLength: 100 }),
      (before, after) => {
        const [oldMs, newMs] = [30, 50]
        const sum = sumOf(countsOf(before, [oldMs]), countsOf(after, [oldMs, newMs]))
        const good = (list: typeof before, limitMs: number) =>
          list.filter(({ failed, durationMs }) => !failed && durationMs < limitMs).length
        const all = [...before, ...after]
        assert.deepEqual(sum.goodUnder(oldMs), { good: good(all, oldMs), estimated: false })
        const known = before.every(({ failed }) => failed)
        const answer = sum.goodUnder(newMs)
        assert.equal(answer.estimated, !known)
        if (known) assert.equal(answer.good, good(all, newMs))
        assert.ok(answer.good >= 0 && answer.good <= sum.ok)
      },
    ),
  )
})

test('partial counts never make a number that is none', () => {
  fc.assert(
    fc.property(partialCounts, share, (partial, q) => {
      assert.ok(Number.isFinite(partial.goodUnder(50).good))
      const percentileMs = partial.percentileMs(q)
      assert.ok(percentileMs === undefined || Number.isFinite(percentileMs))
    }),
  )
})
