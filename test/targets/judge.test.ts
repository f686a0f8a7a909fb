import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from '../../src/targets/judge.ts'
import type { Target } from '../../src/targets/target.ts'
import type { Letter, Severity, Verdict } from '../../src/targets/verdict.ts'
import { byDefault, hitsAndMisses, latencies, lookups, type Told, times } from './operations.ts'

function judged(target: Target, told: readonly Told[]): Exclude<Verdict, { status: 'unknown' }> {
  const { indicator } = target
  if (indicator.kind !== 'latency') throw new RangeError('a latency target is needed')
  const verdict = judge(target, latencies(told, [indicator.limitMs]))
  if (verdict.status === 'unknown') throw new RangeError(verdict.reason)
  return verdict
}

function hitRate(target: Target, hits: number, misses: number): Exclude<Verdict, { status: 'unknown' }> {
  const verdict = judge(target, hitsAndMisses(hits, misses))
  if (verdict.status === 'unknown') throw new RangeError(verdict.reason)
  return verdict
}

test('latency letters of the default table: under a limit has it, exactly at it has lost it', () => {
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['authentication', [30, 40, 50, 100]],
    ['authorization', [50, 60, 75, 150]],
    ['database', [15, 20, 25, 50]],
    ['request', [60, 80, 100, 200]],
  ]
  for (const [component, limits] of rows) {
    const target = byDefault(component)
    for (const [i, limit] of limits.entries()) {
      const under = judged(target, times(100, limit - 0.001))
      const at = judged(target, times(100, limit))
      assert.equal(under.grade.letter, 'ABCD'[i], `${component} just under ${limit} ms`)
      assert.equal(at.grade.letter, 'BCDF'[i], `${component} at ${limit} ms`)
      assert.equal(under.status, i < 3 ? 'met' : 'missed', `${component} just under ${limit} ms`)
      assert.equal(at.status, i < 2 ? 'met' : 'missed', `${component} at ${limit} ms`)
    }
  }
})

test('hit-rate letters of the default table: over a limit has it, exactly at it has lost it', () => {
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['cache_l1', [980, 960, 950, 900]],
    ['cache_l2', [970, 950, 930, 900]],
    ['cache_l3', [960, 940, 920, 900]],
  ]
  for (const [component, limits] of rows) {
    const target = byDefault(component)
    for (const [i, limit] of limits.entries()) {
      const over = hitRate(target, limit + 1, 999 - limit)
      const at = hitRate(target, limit, 1000 - limit)
      assert.equal(over.grade.letter, 'ABCD'[i], `${component} just over ${limit} of 1000`)
      assert.equal(at.grade.letter, 'BCDF'[i], `${component} at ${limit} of 1000`)
      assert.equal(over.status, limit + 1 > 950 ? 'met' : 'missed', `${component} just over ${limit} of 1000`)
      assert.equal(at.status, limit > 950 ? 'met' : 'missed', `${component} at ${limit} of 1000`)
    }
  }
})

test('a p95 target is met exactly when 95 % are good: 19 of 20, 95 of 100, 950 of 1000', () => {
  const target = byDefault('authentication')
  for (const n of [20, 40, 100, 1000]) {
    const bad = n / 20
    const met = judged(target, [...times(n - bad, 10), ...times(bad, 60)])
    assert.equal(met.status, 'met')
    assert.equal(met.compliance, 95)
    assert.equal(met.budget.burnRate, 1)
    assert.ok(met.ratio < 1)
    assert.equal(met.severity, 'success')
    const missed = judged(target, [...times(n - bad - 1, 10), ...times(bad + 1, 60)])
    assert.equal(missed.status, 'missed')
    assert.ok(missed.compliance < 95)
    assert.ok(missed.ratio >= 1)
  }
})

test('p50, p90, p99 and p99.9 are compared without floating-point surprises', () => {
  const cases: readonly (readonly [number, number, number])[] = [
    [0.5, 2, 1],
    [0.9, 10, 1],
    [0.9, 30, 3],
    [0.99, 100, 1],
    [0.99, 700, 7],
    [0.999, 1000, 1],
    [0.999, 3000, 3],
  ]
  for (const [percentile, n, bad] of cases) {
    const target: Target = {
      ...byDefault('request'),
      indicator: { kind: 'latency', percentile, limitMs: 100 },
    }
    assert.equal(judged(target, [...times(n - bad, 10), ...times(bad, 900)]).status, 'met')
    assert.equal(judged(target, [...times(n - bad - 1, 10), ...times(bad + 1, 900)]).status, 'missed')
  }
})

test('fewer operations than 1/(1−p) are unknown, with how many are needed', () => {
  const cases: readonly (readonly [number, number])[] = [
    [0.5, 2],
    [0.9, 10],
    [0.95, 20],
    [0.99, 100],
    [0.999, 1000],
  ]
  for (const [percentile, fewest] of cases) {
    const target: Target = {
      ...byDefault('request'),
      indicator: { kind: 'latency', percentile, limitMs: 100 },
    }
    const verdict = judge(target, latencies(times(fewest - 1, 1), [100]))
    assert.equal(verdict.status, 'unknown')
    assert.equal(verdict.reason, 'needs 1 more operation')
    assert.equal(judged(target, times(fewest, 1)).status, 'met')
  }
})

test('nothing measured is unknown', () => {
  const latency = judge(byDefault('database'), undefined)
  assert.deepEqual(latency, {
    status: 'unknown',
    target: byDefault('database'),
    n: 0,
    needed: 20,
    reason: 'nothing measured, needs 20 operations',
  })
  const cache = judge(byDefault('cache_l2'), hitsAndMisses(8, 0))
  assert.equal(cache.status, 'unknown')
  assert.equal(cache.reason, 'needs 12 more lookups')
})

test('failing fast is not good: ratio and letter follow the failed share', () => {
  const target = byDefault('authentication')
  const cases: readonly (readonly [number, 'met' | 'missed', number, Severity, Letter])[] = [
    [0, 'met', 0.1, 'success', 'A'],
    [4, 'met', 0.8, 'success', 'A'],
    [5, 'met', 0.999, 'success', 'A'],
    [6, 'missed', 1.2, 'over_target', 'D'],
    [7, 'missed', 1.4, 'over_target', 'D'],
    [8, 'missed', 1.6, 'warning', 'D'],
    [10, 'missed', 2, 'critical', 'F'],
    [100, 'missed', 20, 'critical', 'F'],
  ]
  for (const [failed, status, ratio, severity, letter] of cases) {
    const verdict = judged(target, [...times(100 - failed, 5), ...times(failed, 5, { failed: true })])
    assert.equal(verdict.status, status, `${failed} failed`)
    assert.ok(Math.abs(verdict.ratio - ratio) < 1e-9, `${failed} failed: ${verdict.ratio}`)
    assert.equal(verdict.severity, severity, `${failed} failed`)
    assert.equal(verdict.grade.letter, letter, `${failed} failed`)
    assert.equal(verdict.failed, failed)
  }
})

test('slow and failed ones together miss a target that neither would miss alone', () => {
  const target = byDefault('authentication')
  const slow = times(4, 60)
  const failed = times(4, 1, { failed: true })
  assert.equal(judged(target, [...times(96, 10), ...slow]).status, 'met')
  assert.equal(judged(target, [...times(96, 10), ...failed]).status, 'met')
  const both = judged(target, [...times(92, 10), ...slow, ...failed])
  assert.equal(both.status, 'missed')
  assert.equal(both.ratio, 1)
  assert.equal(both.severity, 'over_target')
  assert.equal(both.grade.letter, 'D')
  assert.match(
    both.reason,
    /^p95 10 ms, but only 92\.0 % of 100 operations were ok and under 50 ms, 95 % needed/,
  )
})

test('ratio and severity at 1.5 and 2 times the limit', () => {
  const target = byDefault('database')
  const cases: readonly (readonly [number, Severity])[] = [
    [24.9, 'success'],
    [25, 'over_target'],
    [37.4, 'over_target'],
    [37.5, 'warning'],
    [49.9, 'warning'],
    [50, 'critical'],
  ]
  for (const [ms, severity] of cases) {
    const verdict = judged(target, times(100, ms))
    assert.equal(verdict.severity, severity, `${ms} ms`)
    assert.ok(Math.abs(verdict.ratio - ms / 25) < 1e-4)
    assert.equal(verdict.value, verdict.ratio * 25)
  }
  const hits: readonly (readonly [number, number, Severity])[] = [
    [951, 0.98, 'success'],
    [950, 1, 'over_target'],
    [925, 1.5, 'warning'],
    [900, 2, 'critical'],
    [0, 20, 'critical'],
  ]
  for (const [hit, ratio, severity] of hits) {
    const verdict = hitRate(byDefault('cache_l1'), hit, 1000 - hit)
    assert.equal(verdict.ratio, ratio, `${hit} of 1000`)
    assert.equal(verdict.severity, severity, `${hit} of 1000`)
  }
})

test('budget: allowed, spent and burn rate', () => {
  const { budget } = judged(byDefault('authentication'), [...times(90, 10), ...times(10, 70)])
  assert.deepEqual(budget, { allowed: 0.05, spent: 0.1, burnRate: 2 })
  assert.deepEqual(hitRate(byDefault('cache_l1'), 980, 20).budget, {
    allowed: 0.05,
    spent: 0.02,
    burnRate: 0.4,
  })
})

test('compliance of a hit rate counts slots, the hit rate itself counts lookups', () => {
  const slots = [
    { slot: 0, hits: 100, misses: 0 },
    { slot: 1, hits: 95, misses: 5 },
    { slot: 3, hits: 96, misses: 4 },
    { slot: 9, hits: 1, misses: 1 },
  ]
  const told = slots.flatMap(({ slot, hits, misses }) => [
    ...Array.from({ length: hits }, () => ({ hit: true, slot })),
    ...Array.from({ length: misses }, () => ({ hit: false, slot })),
  ])
  const verdict = judge(byDefault('cache_l1'), lookups(told))
  assert.notEqual(verdict.status, 'unknown')
  if (verdict.status === 'unknown') return
  assert.equal(verdict.compliance, 50)
  assert.equal(verdict.value, 292 / 302)
  assert.equal(verdict.status, 'met')
})

test('a limit that was not counted is estimated, and said so', () => {
  const target = byDefault('request')
  const view = latencies([...times(90, 10), ...times(10, 300)], [250])
  const verdict = judge(target, view)
  assert.notEqual(verdict.status, 'unknown')
  if (verdict.status === 'unknown') return
  assert.equal(verdict.estimated, true)
  assert.equal(verdict.compliance, 90)
  assert.match(verdict.reason, /estimated: the limit was not in force for the whole window/)
  assert.equal(verdict.grade.lowConfidence, true)
})

test('a met target keeps its C where the histogram reads the percentile over the limit', () => {
  // 90 of 100 good under p90: the percentile may be read as either neighbour, the counters are exact.
  const target: Target = {
    ...byDefault('request'),
    indicator: { kind: 'latency', percentile: 0.9, limitMs: 100 },
  }
  const verdict = judged(target, [...times(90, 20), ...times(10, 900)])
  assert.equal(verdict.status, 'met')
  assert.ok(verdict.ratio < 1)
  assert.ok(['A', 'B', 'C'].includes(verdict.grade.letter), verdict.grade.letter)
})

test('where C ends beyond the target, a missed target may keep a C', () => {
  const target = byDefault('cache_l2')
  const verdict = hitRate(target, 940, 60)
  assert.equal(verdict.status, 'missed')
  assert.equal(verdict.grade.letter, 'C')
  const latency: Target = { ...byDefault('request'), grades: { a: 60, b: 80, c: 150, d: 200 } }
  assert.equal(judged(latency, times(100, 120)).grade.letter, 'C')
})

test('reasons read as a person would write them', () => {
  const auth = byDefault('authentication')
  const busy = [...times(16_981, 20), ...times(1259, 61)]
  assert.equal(
    judged(auth, busy).reason,
    'p95 60.8 ms, target < 50 ms; 93.0 % of 18 240 operations within target',
  )
  assert.equal(
    judged(auth, [...times(97, 38), ...times(3, 1, { failed: true })]).reason,
    'p95 38 ms, target < 50 ms; 97.0 % of 100 operations within target, 3 failed',
  )
  assert.equal(
    judged(auth, times(100, 49.99)).reason,
    'p95 just under 50 ms, target < 50 ms; 100 % of 100 operations within target',
  )
  assert.equal(
    hitRate(byDefault('cache_l1'), 931, 69).reason,
    'hit rate 93.1 %, target > 95 %; 931 of 1 000 lookups hit',
  )
  assert.equal(
    hitRate(byDefault('cache_l1'), 9501, 499).reason,
    'hit rate 95.01 %, target > 95 %; 9 501 of 10 000 lookups hit',
  )
})

test('a share just under its objective never reads as if it reached it', () => {
  const verdict = judged(byDefault('authentication'), [...times(94_999, 10), ...times(5_001, 60)])
  assert.equal(verdict.status, 'missed')
  assert.match(verdict.reason, /94\.9 % of 100 000 operations/)
})
