import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { dealt } from '../../src/alerts/dealt.ts'
import { countsOf, type Operations } from '../../src/alerts/operations.ts'
import { Counts } from '../../src/measure/counts.ts'

const operations: fc.Arbitrary<readonly Operations[]> = fc.array(
  fc.record({
    count: fc.integer({ min: 0, max: 40 }),
    outcome: fc.constantFrom('ok', 'failed', 'hit', 'miss'),
    durationMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
  }),
  { maxLength: 12 },
)

const plain = ({ ok, failed, hits, misses, sumMs, goods, histogram }: Counts): unknown => ({
  ...{ ok, failed, hits, misses, sumMs },
  goods: goods.filter(({ covered }) => covered > 0),
  buckets: [...histogram.entries()],
})

test('what is dealt out is, put together, what there was; and each part is as whole as it', () => {
  fc.assert(
    fc.property(operations, fc.integer({ min: 1, max: 20 }), (each, parts) => {
      const whole = countsOf(each, [25, 300])
      const all = dealt(whole, parts)
      const sum = new Counts()
      for (const part of all) {
        sum.add(part)
        assert.equal(part.histogram.total(), part.total)
        for (const { good, covered } of part.goods) assert.ok(good <= covered && covered <= part.ok)
        assert.ok(Math.abs(part.total - whole.total / parts) < 1)
      }
      assert.deepEqual(plain(sum), plain(whole))
    }),
  )
})

test('a part has the percentiles of the whole, as far as its operations go', () => {
  const whole = countsOf(
    [
      { count: 900, outcome: 'ok', durationMs: 10 },
      { count: 600, outcome: 'ok', durationMs: 80 },
    ],
    [25],
  )
  for (const part of dealt(whole, 15)) {
    assert.equal(part.percentileMs(0.5), whole.percentileMs(0.5))
    assert.equal(part.percentileMs(0.95), whole.percentileMs(0.95))
    assert.deepEqual(part.goods, [{ limitMs: 25, good: 60, covered: 100 }])
  }
})
