import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from '../../src/targets/judge.ts'
import { complianceSummary, overallGrade } from '../../src/targets/overall.ts'
import type { Verdict } from '../../src/targets/verdict.ts'
import { byDefault, hitsAndMisses, latencies, times } from './operations.ts'

/** A verdict on the default target of a component, from its percentile or from hits in a hundred. */
function verdict(component: string, value: number): Verdict {
  const target = byDefault(component)
  const { indicator } = target
  if (indicator.kind === 'hit_rate') return judge(target, hitsAndMisses(value, 100 - value))
  return judge(target, latencies(times(100, value), [indicator.limitMs]))
}

test('all A is an A of 4 points', () => {
  const all = [verdict('authentication', 1), verdict('cache_l1', 100), verdict('request', 1)]
  const { letter, points, measured, cappedByF } = overallGrade(all)
  assert.deepEqual(
    { letter, points, measured, cappedByF },
    { letter: 'A', points: 4, measured: 3, cappedByF: false },
  )
})

test('the three cache layers share one weight: A and three D are 2.5 points, a B', () => {
  const caches = ['cache_l1', 'cache_l2', 'cache_l3'].map((layer) => verdict(layer, 91))
  const { letter, points, reason } = overallGrade([verdict('database', 1), ...caches])
  assert.equal(points, 2.5)
  assert.equal(letter, 'B')
  assert.equal(reason, 'B: 2.50 of 4 points over 4 of 4 weighted targets')
})

test('any F holds the grade down to C, and is named', () => {
  const overall = overallGrade([
    verdict('authentication', 1),
    verdict('authorization', 1),
    verdict('request', 1),
    verdict('database', 60),
  ])
  assert.equal(overall.points, 3)
  assert.equal(overall.letter, 'C')
  assert.equal(overall.cappedByF, true)
  assert.match(overall.reason, /held down from B by the F of database/)
  const low = overallGrade([verdict('database', 60), verdict('request', 150)])
  assert.deepEqual([low.letter, low.cappedByF], ['D', false])
})

test('what was not measured does not count, and nothing measured is null', () => {
  const unmeasured = judge(byDefault('database'), undefined)
  const { letter, measured, weighted } = overallGrade([unmeasured, verdict('request', 70)])
  assert.deepEqual({ letter, measured, weighted }, { letter: 'B', measured: 1, weighted: 2 })
  assert.equal(overallGrade([unmeasured]).letter, null)
  assert.equal(overallGrade([]).letter, null)
})

test('targets without weight neither count nor cap', () => {
  const failing = verdict('database', 60)
  const aside: Verdict = { ...failing, target: { ...failing.target, weight: 0 } }
  assert.equal(overallGrade([verdict('request', 1), aside]).letter, 'A')
})

test('compliance summary: met, close, failing, not measured and the status by mean compliance', () => {
  const summary = complianceSummary([
    verdict('authentication', 1),
    verdict('authorization', 80),
    verdict('database', 40),
    judge(byDefault('request'), undefined),
    verdict('cache_l1', 96),
  ])
  assert.deepEqual(summary, {
    status: 'poor',
    averageCompliance: 50,
    targetsMet: 2,
    targetsClose: 1,
    targetsFailing: 1,
    targetsNotMeasured: 1,
  })
})

test('status bands of the mean compliance', () => {
  const target = byDefault('request')
  const status = (good: number) =>
    complianceSummary([judge(target, latencies([...times(good, 1), ...times(1000 - good, 110)], [100]))])
      .status
  assert.equal(status(950), 'excellent')
  assert.equal(status(949), 'good')
  assert.equal(status(850), 'good')
  assert.equal(status(849), 'fair')
  assert.equal(status(700), 'fair')
  assert.equal(status(699), 'poor')
  assert.equal(complianceSummary([]).status, 'unknown')
})
