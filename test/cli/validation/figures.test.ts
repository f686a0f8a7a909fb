import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Check } from '../../../src/cli/validation/check.ts'
import {
  isComplete,
  recordedChecks,
  requestChecks,
  verdictChecks,
} from '../../../src/cli/validation/figures.ts'
import {
  EXPECTED_VERDICTS,
  PLANNED,
  PLANNED_IN_WORKER,
  type Planned,
} from '../../../src/cli/validation/plan.ts'

// What Yardstick has to answer, written down here once more from the plan's numbers.
const metrics = () => ({
  concurrent_users: 2,
  in_flight_requests: 0,
  overall_grade: 'C',
  metrics_by_type: {
    request: { n: 46, failed: 3 },
    ...Object.fromEntries(
      [...new Set(PLANNED.map(({ component }) => component))].map((component) => [
        component,
        {
          series: [...PLANNED, PLANNED_IN_WORKER].filter((each) => each.component === component).map(series),
        },
      ]),
    ),
  } as Record<string, { n?: number; failed?: number; series?: ReturnType<typeof series>[] }>,
})
function series({ name, durationsMs, failed = 0, hits = 0 }: Planned) {
  const at = (rank: number): number => durationsMs.toSorted((one, two) => one - two)[rank - 1]!
  const sum_ms = durationsMs.reduce((sum, each) => sum + each, 0)
  return {
    name,
    n: 100,
    failed,
    hits,
    min_ms: at(1),
    max_ms: at(100),
    sum_ms,
    p50_ms: at(50),
    p95_ms: at(95),
    p99_ms: at(99),
  }
}
const compliance = () => ({
  target_compliance: Object.fromEntries(
    EXPECTED_VERDICTS.map(({ target, n, status, grade, good }) => [
      target,
      {
        n,
        status,
        grade,
        compliance_percentage: { 101: 100, 97: 96.03, 13: 12.87 }[good ?? 0] ?? 100,
        reason: 'r',
      },
    ]),
  ) as Record<string, { n: number; status: string; grade: string; compliance_percentage: number }>,
})

function failures(checks: readonly Check[]): readonly string[] {
  return checks.filter(({ outcome }) => outcome === 'failed').map(({ what, detail }) => `${what}: ${detail}`)
}
function everything(m: unknown, c: unknown): readonly string[] {
  return failures([...requestChecks(m), ...recordedChecks(m), ...verdictChecks(m, c)])
}

test('right figures pass every check', () => {
  assert.deepEqual(everything(metrics(), compliance()), [])
  assert.ok(isComplete(metrics()))
})

const WRONG: Readonly<
  Record<string, readonly [spoil: (m: ReturnType<typeof metrics>) => void, expected: RegExp]>
> = {
  'a request too few': [
    (m) => {
      m.metrics_by_type.request!.n = 45
    },
    /requests counted exactly.*expected 46, got 45/,
  ],
  'a request too many': [
    (m) => {
      m.metrics_by_type.request!.n = 47
    },
    /expected 46, got 47/,
  ],
  'a request in flight for ever': [
    (m) => {
      m.in_flight_requests = 1
    },
    /in flight.*expected 0, got 1/,
  ],
  'users not told apart': [
    (m) => {
      m.concurrent_users = 1
    },
    /distinct users: expected 2, got 1/,
  ],
  'a lost operation': [
    (m) => {
      at(m, 'database').n = 99
    },
    /operations counted exactly: database SELECT orders: expected n 100, got 99/,
  ],
  'a failure taken for ok': [
    (m) => {
      at(m, 'validation').failed = 6
    },
    /validation failing: expected failed 7, got 6/,
  ],
  'a lost hit': [
    (m) => {
      at(m, 'cache_l2').hits = 95
    },
    /cache_l2 lookup: expected hits 96, got 95/,
  ],
  'a sum that is off by a hair': [
    (m) => {
      at(m, 'authentication').sum_ms += 0.125
    },
    /expected sum_ms 1893.75, got 1893.875/,
  ],
  'a percentile that is off by 2 %': [
    (m) => {
      at(m, 'database').p95_ms *= 1.03
    },
    /expected p95_ms 190 to 192, got 195.7/,
  ],
  'a worker nobody heard': [
    (m) => void m.metrics_by_type.validation!.series!.pop(),
    /worker thread.*expected 100, got nothing/,
  ],
  'an overall grade that hides an F': [
    (m) => {
      m.overall_grade = 'B'
    },
    /overall grade.*expected C, got B/,
  ],
}
function at(m: ReturnType<typeof metrics>, component: string): ReturnType<typeof series> {
  return m.metrics_by_type[component]!.series![0]!
}
for (const [what, [spoil, expected]] of Object.entries(WRONG)) {
  test(`${what} is found, and nothing else`, () => {
    const spoilt = metrics()
    spoil(spoilt)
    const found = everything(spoilt, compliance())
    assert.equal(found.length, 1, found.join('\n'))
    assert.match(found[0]!, expected)
  })
}

test('wrong verdicts are found', () => {
  const spoilt = compliance()
  spoilt.target_compliance.authorization!.compliance_percentage = 96.04
  spoilt.target_compliance.cache_l3!.status = 'met'
  delete spoilt.target_compliance.database
  assert.deepEqual(failures(verdictChecks(metrics(), spoilt)), [
    'authorization is graded A and met: expected compliance 96.03, got 96.04',
    'database is graded F and missed: expected n 101, got nothing; expected status missed, got nothing; expected grade F, got nothing; expected compliance 12.87, got nothing',
    'cache_l3 is graded C and missed: expected status missed, got met',
  ])
})

test('no answer at all passes nothing', () => {
  assert.equal(isComplete(undefined), false)
  const checks = [...requestChecks({}), ...recordedChecks({}), ...verdictChecks({}, {})]
  assert.deepEqual(
    checks.filter(({ outcome }) => outcome === 'passed').map(({ what }) => what),
    [],
  )
})
