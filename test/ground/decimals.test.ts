import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ms, msOrNull, percentage, ratio, share, shareOf } from '../../src/ground/decimals.ts'
import { onGrid } from '../../src/measure/bucket.ts'

test('a duration given with three decimals reads the same after recording', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000_000 }), (thousandths) => {
      assert.equal(ms(onGrid(thousandths / 1000)), thousandths / 1000)
    }),
  )
})

test('what was never measured is null', () => {
  assert.equal(msOrNull(undefined), null)
  assert.equal(msOrNull(Number.POSITIVE_INFINITY), null)
  assert.equal(msOrNull(Number.NEGATIVE_INFINITY), null)
  assert.equal(shareOf(0, 0), null)
  assert.equal(shareOf(0, 7), 0)
})

test('a percentage reaches a target only when the counters do', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 0, max: 1_000_000 }), (n, of) => {
      const good = Math.min(n, of)
      const shown = percentage((100 * good) / n)
      for (const target of [70, 85, 90, 95, 99, 99.9, 100]) {
        assert.equal(shown >= target, good * 1000 >= Math.round(target * 10) * n, `${good} of ${n}`)
      }
    }),
  )
})

test('decimals that binary cannot hold are not cut', () => {
  assert.equal(percentage(95.01), 95.01)
  assert.equal(percentage(94.996), 94.99)
  assert.equal(ratio(1.001), 1.001)
  assert.equal(ratio(1.4999), 1.499)
  assert.equal(share(0.05), 0.05)
})
