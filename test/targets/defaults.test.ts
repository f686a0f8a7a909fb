import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cappedFactor } from '../../src/targets/budget.ts'
import { defaultGrades, defaultTargets, defaultWeight } from '../../src/targets/defaults.ts'

test('the default table', () => {
  const rows = defaultTargets.map(({ id, indicator, grades }) => {
    const limit =
      indicator.kind === 'latency' ? `p${100 * indicator.percentile} ${indicator.limitMs}` : indicator.share
    return [id, limit, ...Object.values(grades)]
  })
  assert.deepEqual(rows, [
    ['authentication', 'p95 50', 30, 40, 50, 100],
    ['authorization', 'p95 75', 50, 60, 75, 150],
    ['database', 'p95 25', 15, 20, 25, 50],
    ['cache_l1', 0.95, 0.98, 0.96, 0.95, 0.9],
    ['cache_l2', 0.95, 0.97, 0.95, 0.93, 0.9],
    ['cache_l3', 0.95, 0.96, 0.94, 0.92, 0.9],
    ['request', 'p95 100', 60, 80, 100, 200],
  ])
})

test('weights: 1 each, the three cache layers share one', () => {
  assert.equal(defaultWeight('database'), 1)
  assert.equal(defaultWeight('own'), 1)
  assert.equal(defaultWeight('cache_l1') + defaultWeight('cache_l2') + defaultWeight('cache_l3'), 1)
})

test('a custom limit gets letters at 0.6, 0.8, 1 and 2 times it', () => {
  const latency = (limitMs: number) => ({ kind: 'latency', percentile: 0.99, limitMs }) as const
  assert.deepEqual(defaultGrades('request', latency(250)), { a: 150, b: 200, c: 250, d: 500 })
  assert.deepEqual(defaultGrades('database', latency(0.7)), { a: 0.42, b: 0.56, c: 0.7, d: 1.4 })
  assert.deepEqual(defaultGrades('authorization', latency(75)), { a: 50, b: 60, c: 75, d: 150 })
})

test('a custom hit rate gets letters at 0.6, 0.8, 1 and 2 times the allowed misses', () => {
  const hitRate = (share: number) => ({ kind: 'hit_rate', share }) as const
  assert.deepEqual(defaultGrades('cache_l1', hitRate(0.9)), { a: 0.94, b: 0.92, c: 0.9, d: 0.8 })
  assert.deepEqual(defaultGrades('sessions', hitRate(0.95)), { a: 0.97, b: 0.96, c: 0.95, d: 0.9 })
  assert.deepEqual(defaultGrades('cache_l2', hitRate(0.95)), { a: 0.97, b: 0.95, c: 0.93, d: 0.9 })
  assert.equal(defaultGrades('sessions', hitRate(0.3)).d, 0)
})

test('burn factors are capped at 0.9 / (1 − objective)', () => {
  assert.deepEqual(cappedFactor(14.4, 0.95), { factor: 14.4, capped: false })
  assert.deepEqual(cappedFactor(14.4, 0.9), { factor: 9, capped: true })
  assert.deepEqual(cappedFactor(3, 0.5), { factor: 1.8, capped: true })
  assert.deepEqual(cappedFactor(1, 0.999), { factor: 1, capped: false })
})
