import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TrendPoint, trend } from '../../src/targets/trend.ts'

const MINUTE_MS = 60_000

function minutes(values: readonly (number | null)[]): readonly TrendPoint[] {
  return values.map((value, i) => ({ atMs: 1_700_000_000_000 + i * MINUTE_MS, value }))
}

test('under ten points there is no trend', () => {
  assert.equal(trend(minutes([1, 2, 3, 4, 1, 2, 3, 4, 1])), undefined)
  assert.equal(trend(minutes([1, 2, 3, 4, 1, 2, 3, 4, 1, null, null])), undefined)
})

test('a rise of 0.02 points a minute is 1.2 points an hour, improving', () => {
  const rising = trend(minutes(Array.from({ length: 60 }, (_, i) => 2 + 0.02 * i)))
  assert.equal(rising?.direction, 'improving')
  assert.ok(Math.abs(rising.slopePerHour - 1.2) < 1e-6)
  assert.ok(rising.pValue < 0.001)
  assert.equal(rising.points, 60)
  const falling = trend(minutes(Array.from({ length: 60 }, (_, i) => 3.5 - 0.02 * i)))
  assert.equal(falling?.direction, 'declining')
})

test('ten points on a line suffice', () => {
  assert.equal(trend(minutes([1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9]))?.direction, 'improving')
})

test('constant grades and grades that go up and down are steady', () => {
  assert.equal(trend(minutes(Array.from({ length: 30 }, () => 4)))?.direction, 'steady')
  const wave = trend(minutes(Array.from({ length: 60 }, (_, i) => 3 + 0.5 * Math.sin(i / 3))))
  assert.equal(wave?.direction, 'steady')
})

test('one bad minute is no trend, and gaps are left out', () => {
  const values = Array.from({ length: 40 }, (_, i) => (i === 20 ? 0 : i % 7 === 0 ? null : 4))
  const found = trend(minutes(values))
  assert.equal(found?.direction, 'steady')
  assert.equal(found.points, values.filter((value) => value !== null).length)
})

test('the slope is the median over all pairs: one outlier does not move it', () => {
  const values = Array.from({ length: 21 }, (_, i) => (i === 3 ? 0 : 1 + 0.1 * i))
  const found = trend(minutes(values))
  assert.ok(Math.abs(found!.slopePerHour - 6) < 1e-6)
  assert.equal(found!.direction, 'improving')
})

test('the sign test by hand', () => {
  // No ties, neighbours not alike: S = 41 rising pairs − 4 falling = 37, variance 10 · 9 · 25 / 18 = 125,
  // z = 36 / √125 = 3.21994, two-sided p = 0.0012822.
  const found = trend(minutes([1, 2, 1.5, 3, 2.5, 3.2, 3.1, 3.6, 3.5, 4]))
  assert.ok(Math.abs(found!.pValue - 0.0012822) < 1e-6, String(found!.pValue))
})

test('a day of minutes is judged like the same day in fewer points', () => {
  const day = trend(minutes(Array.from({ length: 1440 }, (_, i) => 1 + i / 480)))
  assert.equal(day?.direction, 'improving')
  assert.ok(Math.abs(day.slopePerHour - 0.125) < 1e-6)
  assert.equal(day.points, 1440)
})
