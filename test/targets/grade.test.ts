import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Graded } from '../../src/targets/grade.ts'
import { judge } from '../../src/targets/judge.ts'
import type { Grade, Verdict } from '../../src/targets/verdict.ts'
import { byDefault, latencies, lookups, type Told } from './operations.ts'

function graded(told: readonly Told[]): Grade {
  return gradeOf(judge(byDefault('authentication'), latencies(told, [50])))
}

function gradeOf(verdict: Verdict): Grade {
  if (verdict.status === 'unknown') throw new RangeError(verdict.reason)
  const { letter, range, lowConfidence } = verdict.grade
  return { letter, range, lowConfidence }
}

test('a range over more than two letters is of low confidence', () => {
  const range = (best: 'A' | 'B', worst: 'B' | 'C') =>
    new Graded('B', () => ({ best, worst, uncertain: false })).lowConfidence
  assert.equal(range('B', 'B'), false)
  assert.equal(range('A', 'B'), false)
  assert.equal(range('A', 'C'), true)
})

test('the range of a latency grade: letters at the Wilson bounds of p', () => {
  // 1 000 operations of 0.05 ms, 0.10 ms, … 50 ms in a spread order: Wilson for 0.95 of 1 000 is 0.9347 … 0.9619,
  // so the percentiles there are 46.7 and 48.1 ms, both under C's 50 ms and over B's 40.
  const even = Array.from({ length: 1000 }, (_, i) => ({ ms: (((i * 7) % 1000) + 1) / 20, slot: i % 20 }))
  assert.deepEqual(graded(even).range, ['C', 'C'])
  // The same spread up to 42 ms: percentiles 39.3 (B), 39.9 and 40.4 ms (C).
  const nearB = even.map(({ ms, slot }) => ({ ms: ms * 0.84, slot }))
  assert.deepEqual(graded(nearB), { letter: 'B', range: ['B', 'C'], lowConfidence: false })
})

test('slots that differ widen the range', () => {
  // 950 spread evenly up to 36 ms, 50 of 70 ms: five in every one of ten slots, or all in one of them.
  const fast = Array.from({ length: 950 }, (_, i) => (i + 1) * (36 / 950))
  const alike = fast.map((ms, i) => ({ ms, slot: i % 10 }))
  const slow = Array.from({ length: 50 }, (_, i) => i)
  assert.deepEqual(graded([...alike, ...slow.map((i) => ({ ms: 70, slot: i % 10 }))]).range, ['B', 'D'])
  const lumped = fast.map((ms, i) => ({ ms, slot: i % 19 }))
  assert.deepEqual(graded([...lumped, ...slow.map(() => ({ ms: 70, slot: 19 }))]).range, ['A', 'D'])
})

test('few slots, or too few operations to bound the percentile from above, are of low confidence', () => {
  const of = (n: number, slots: number) =>
    graded(Array.from({ length: n }, (_, i) => ({ ms: 10, slot: i % slots }))).lowConfidence
  assert.equal(of(500, 9), true)
  assert.equal(of(500, 10), false)
  assert.equal(of(71, 30), true)
  assert.equal(of(72, 30), false)
})

test('what surely fails has no good end of its range', () => {
  const failing = Array.from({ length: 1000 }, (_, i) => ({
    ms: 5,
    failed: i % 2 === 0,
    slot: Math.floor(i / 50),
  }))
  assert.deepEqual(graded(failing), { letter: 'F', range: ['F', 'F'], lowConfidence: false })
  const mixed = Array.from({ length: 10_000 }, (_, i) => {
    const slot = Math.floor(i / 500)
    if (i % 25 === 0) return { ms: 5, failed: true, slot }
    return { ms: i % 25 === 1 ? 70 : 10, slot }
  })
  assert.deepEqual(graded(mixed).range, ['D', 'D'])
})

test('the letter lies in its range where the histogram puts even the lower bound over the limit', () => {
  // All in one bucket, 49.9 … 50.4 ms: the counters know that 96 % were under 50, the histogram cannot.
  const told = Array.from({ length: 2000 }, (_, i) => ({
    ms: i % 25 === 0 ? 50.2 : 49.98,
    slot: Math.floor(i / 100),
  }))
  assert.deepEqual(graded(told), { letter: 'C', range: ['C', 'D'], lowConfidence: false })
})

test('the range of a hit-rate grade: letters at its own Wilson bounds', () => {
  // 970 of 1 000: Wilson 0.9575 … 0.9789, so C (over 95) to B (over 96).
  const told = Array.from({ length: 1000 }, (_, i) => ({ hit: i % 100 >= 3, slot: i % 10 }))
  const spread = told.map(({ hit }, i) => ({ hit, slot: Math.floor(i / 100) }))
  const grade = gradeOf(judge(byDefault('cache_l1'), lookups(spread)))
  assert.deepEqual(grade, { letter: 'B', range: ['B', 'C'], lowConfidence: false })
})
