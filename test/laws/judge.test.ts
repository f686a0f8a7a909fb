import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { defaultGrades, defaultTargets } from '../../src/targets/defaults.ts'
import { judge } from '../../src/targets/judge.ts'
import { rank } from '../../src/targets/letter.ts'
import { complianceSummary, overallGrade } from '../../src/targets/overall.ts'
import type { Target } from '../../src/targets/target.ts'
import type { Measured, Verdict } from '../../src/targets/verdict.ts'
import { latencies, lookups, type Told } from '../targets/operations.ts'

const FEWEST: Readonly<Record<number, number>> = { 0.5: 2, 0.9: 10, 0.95: 20, 0.99: 100 }
const SEVERITIES = ['success', 'over_target', 'warning', 'critical'] as const
const LIMIT_MS = 50

const percentile = fc.constantFrom(0.5, 0.9, 0.95, 0.99)
// Durations gather around the limits, where contradictions would be.
const operation: fc.Arbitrary<Told> = fc.record({
  ms: fc.oneof(
    fc.constantFrom(29.999, 30, 39.999, 40, 49.99, 49.999, 50, 50.001, 75, 99.999, 100, 0),
    fc.double({ min: 0, max: 200, noNaN: true }),
  ),
  failed: fc.oneof(
    { arbitrary: fc.constant(false), weight: 12 },
    { arbitrary: fc.constant(true), weight: 1 },
  ),
  slot: fc.nat(14),
})
const operations = fc.oneof(
  fc.array(operation, { maxLength: 30 }),
  fc.array(operation, { minLength: 100, maxLength: 140 }),
  // Mostly good ones, so that met targets come up too.
  fc
    .tuple(fc.array(operation, { maxLength: 12 }), fc.integer({ min: 20, max: 130 }))
    .map(([some, fast]) => [
      ...some,
      ...Array.from({ length: fast }, (_, i) => ({ ms: 1 + (i % 29), slot: i % 15 })),
    ]),
)
const hits = fc
  .array(fc.record({ hit: fc.boolean(), slot: fc.nat(14) }), { maxLength: 60 })
  .chain((some) =>
    fc
      .nat(400)
      .map((more) => [...some, ...Array.from({ length: more }, (_, i) => ({ hit: true, slot: i % 15 }))]),
  )

function latencyTarget(p: number): Target {
  const indicator = { kind: 'latency', percentile: p, limitMs: LIMIT_MS } as const
  const grades = defaultGrades('own', indicator)
  return { id: 'own', component: 'own', except: [], indicator, grades, weight: 1 }
}

function judged(p: number, told: readonly Told[]): Verdict {
  return judge(latencyTarget(p), latencies(told, [LIMIT_MS]))
}

function assertConsistent({ status, ratio, severity, grade, budget }: Measured): void {
  const met = status === 'met'
  assert.equal(ratio < 1, met, 'ratio')
  assert.equal(severity === 'success', met, 'severity')
  assert.equal(severity === 'critical', ratio >= 2)
  assert.equal(rank(grade.letter) <= rank('C'), met, `letter ${grade.letter}`)
  assert.equal(grade.letter === 'F', severity === 'critical', `letter ${grade.letter} at ${ratio}`)
  assert.ok(rank(grade.range[0]) <= rank(grade.letter) && rank(grade.letter) <= rank(grade.range[1]), 'range')
  assert.ok(budget.burnRate >= 0 && budget.burnRate <= 1 / budget.allowed + 1e-9, 'burn rate')
}

test('latency: verdict, ratio, severity and letter never contradict each other', () => {
  fc.assert(
    fc.property(percentile, operations, (p, told) => {
      const verdict = judged(p, told)
      const fewest = FEWEST[p]!
      assert.equal(verdict.status === 'unknown', told.length < fewest)
      if (verdict.status === 'unknown') {
        assert.equal(verdict.needed, fewest - told.length)
        return
      }
      assertConsistent(verdict)
      assert.equal(verdict.status === 'met', verdict.compliance >= 100 * p, 'met is compliance ≥ objective')
      assert.equal(verdict.status === 'met', verdict.budget.burnRate <= 1, 'met is a budget not overspent')
    }),
    { numRuns: 400 },
  )
})

test('hit rate: verdict, ratio, severity and letter never contradict each other', () => {
  const target = defaultTargets.find(({ component }) => component === 'cache_l1')!
  fc.assert(
    fc.property(hits, (told) => {
      const verdict = judge(target, lookups(told))
      assert.equal(verdict.status === 'unknown', told.length < 20)
      if (verdict.status === 'unknown') return
      assertConsistent(verdict)
      assert.equal(verdict.status === 'met', verdict.value > 0.95)
      assert.ok(verdict.compliance >= 0 && verdict.compliance <= 100)
    }),
  )
})

test('making an operation slower, or making it fail, improves nothing', () => {
  fc.assert(
    fc.property(
      percentile,
      operations,
      fc.nat(),
      fc.double({ min: 0, max: 100, noNaN: true }),
      (p, told, at, more) => {
        fc.pre(told.length >= FEWEST[p]!)
        const which = at % told.length
        const change = (make: (one: Told) => Told): Measured => {
          const verdict = judged(
            p,
            told.map((one, i) => (i === which ? make(one) : one)),
          )
          if (verdict.status === 'unknown') throw new RangeError(verdict.reason)
          return verdict
        }
        const before = change((one) => one)
        const slower = change((one) => ({ ...one, ms: one.ms + more }))
        const failing = change((one) => ({ ...one, failed: true }))
        for (const after of [slower, failing]) {
          assert.ok(after.compliance <= before.compliance, 'compliance')
          assert.ok(after.ratio >= before.ratio - 1e-9, `ratio ${before.ratio} → ${after.ratio}`)
          assert.ok(SEVERITIES.indexOf(after.severity) >= SEVERITIES.indexOf(before.severity), 'severity')
          assert.ok(rank(after.grade.letter) >= rank(before.grade.letter), 'letter')
          assert.ok(before.status === 'met' || after.status === 'missed', 'status')
        }
      },
    ),
    { numRuns: 400 },
  )
})

test('turning a hit into a miss improves nothing', () => {
  const target = defaultTargets.find(({ component }) => component === 'cache_l2')!
  fc.assert(
    fc.property(hits, fc.nat(), (told, at) => {
      fc.pre(told.length >= 20)
      const before = judge(target, lookups(told))
      const after = judge(
        target,
        lookups(told.map((one, i) => (i === at % told.length ? { ...one, hit: false } : one))),
      )
      if (before.status === 'unknown' || after.status === 'unknown') throw new RangeError('judged on 20')
      assert.ok(after.ratio >= before.ratio)
      assert.ok(after.compliance <= before.compliance)
      assert.ok(rank(after.grade.letter) >= rank(before.grade.letter))
    }),
  )
})

test('the order of targets does not change the overall grade or the summary', () => {
  const verdict = fc.tuple(fc.nat(6), operations).map(([i, told]) => {
    const target = defaultTargets[i]!
    return judge(target, latencies(told, [50, 75, 25, 100]))
  })
  const shuffled = fc
    .array(verdict, { maxLength: 8 })
    .chain((verdicts) =>
      fc
        .shuffledSubarray(verdicts, { minLength: verdicts.length })
        .map((other) => [verdicts, other] as const),
    )
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      const { reason: _one, ...first } = overallGrade(one)
      const { reason: _other, ...second } = overallGrade(other)
      assert.deepEqual(first, second)
      assert.deepEqual(complianceSummary(one), complianceSummary(other))
    }),
  )
})
