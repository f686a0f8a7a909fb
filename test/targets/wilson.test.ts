import assert from 'node:assert/strict'
import { test } from 'node:test'
import { designEffect } from '../../src/targets/design-effect.ts'
import { wilson } from '../../src/targets/wilson.ts'

test('Wilson intervals equal published ones', () => {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods",
  // Statistics in Medicine 17 (1998) 857–872, table I, method 3 (score, without continuity correction).
  const published: readonly (readonly [number, number, number, number])[] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ]
  for (const [good, n, low, high] of published) {
    const ends = wilson(good / n, n)
    assert.equal(ends.low.toFixed(4), low.toFixed(4), `${good} of ${n}`)
    assert.equal(ends.high.toFixed(4), high.toFixed(4), `${good} of ${n}`)
  }
})

test('a share lies in its own interval, at the ends of the scale too', () => {
  for (const n of [1, 7, 20, 1e6]) {
    for (const share of [0, 1 / 3, 0.95, 1]) {
      const { low, high } = wilson(share, n)
      assert.ok(0 <= low && low <= share && share <= high && high <= 1, `${share} of ${n}`)
    }
  }
})

test('design effect by hand: ten slots of 10, half of them all good, half of them none', () => {
  // s = 0.5; each slot is 5 off: 10 · 25 = 250 / 100² = 0.025; by chance 0.25 / 100 = 0.0025; 0.025 / 0.0025 = 10.
  const slots = Array.from({ length: 10 }, (_, i) => ({ good: i % 2 === 0 ? 10 : 0, n: 10 }))
  assert.ok(Math.abs(designEffect(slots)! - 10) < 1e-12)
})

test('design effect by hand: slots of unequal size', () => {
  // Nine slots 9 of 10, one 0 of 10: s = 0.81. Squares: 9 · 0.9² + 8.1² = 72.9; / 10⁴ = 0.00729;
  // by chance 0.81 · 0.19 / 100 = 0.001539; 0.00729 / 0.001539 = 4.7368…
  const slots = [...Array.from({ length: 9 }, () => ({ good: 9, n: 10 })), { good: 0, n: 10 }]
  assert.ok(Math.abs(designEffect(slots)! - 90 / 19) < 1e-12)
})

test('slots that are alike, or all good, tell as much as independent operations', () => {
  assert.equal(designEffect(Array.from({ length: 60 }, () => ({ good: 19, n: 20 }))), 1)
  assert.equal(designEffect(Array.from({ length: 60 }, () => ({ good: 20, n: 20 }))), 1)
})

test('under ten slots the design effect is not known', () => {
  assert.equal(designEffect(Array.from({ length: 9 }, () => ({ good: 19, n: 20 }))), undefined)
})
