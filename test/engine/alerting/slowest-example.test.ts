import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slowestExample } from '../../../src/engine/alerting/slowest-example.ts'
import type { Example } from '../../../src/measure/slow-request.ts'
import { authentication, database, START_MS, verdictOf } from '../../alerts/verdicts.ts'

const SINCE_MS = START_MS
const NOW_MS = SINCE_MS + 10_000

const example = (atMs: number, databaseMs: number, parts: Partial<Example> = {}): Example => ({
  ...{ atMs, series: 'GET /orders', durationMs: databaseMs + 10, failed: false, ownMs: 10 },
  breakdown: [{ component: 'database', calls: 3, wallMs: databaseMs }],
  ...parts,
})

/** Of a database of which p95 is 62.5 ms, where the limit is 25 ms. */
const shown = (...examples: readonly Example[]): Example | undefined =>
  slowestExample(
    examples,
    { verdict: verdictOf(database, 2.5), sinceMs: SINCE_MS },
    { nowMs: NOW_MS, isOperation: () => false },
  )

test('an example is of what the alert found: of its time, and as slow', () => {
  const before = example(SINCE_MS - 45_000, 40)
  assert.equal(shown(before), undefined, 'it was faster, and before it began')
  const first = example(SINCE_MS - 3_000, 62)
  assert.equal(shown(before, first), first, 'what made the alert comes before it')
  const since = example(SINCE_MS + 2_000, 40)
  assert.equal(shown(before, since), since)
  assert.equal(shown(since, first, before), first, 'the slowest of them')
  assert.equal(shown(example(SINCE_MS - 51_000, 900)), undefined, 'it is in no figure of the alert')
  assert.equal(shown(example(SINCE_MS + 2_000, 24)), undefined, 'it was within the limit')
})

test('a slow request whose database was fast is no example of a slow database', () => {
  assert.equal(shown(example(SINCE_MS, 2, { durationMs: 900 })), undefined)
  assert.equal(shown(example(SINCE_MS, 0, { breakdown: [], durationMs: 900 })), undefined)
})

test('where failures miss the target its examples failed; of an alert that is over those while it fired', () => {
  const quick = example(SINCE_MS, 3, { failed: true })
  const slow = example(SINCE_MS, 90)
  const of = (value: number, ratio: number): Example | undefined =>
    slowestExample(
      [quick, slow],
      {
        verdict: { ...verdictOf(database, ratio), value } as ReturnType<typeof verdictOf>,
        sinceMs: SINCE_MS,
      },
      { nowMs: NOW_MS, isOperation: () => false },
    )
  assert.equal(of(10, 3.6), quick)
  assert.equal(of(10, 0.4), slow)
  assert.equal(of(62, 2.5), slow)
})

test('a login that is known by its route is an example of slow logins', () => {
  const login = example(SINCE_MS + 1_000, 0, { series: 'POST /login', durationMs: 900, breakdown: [] })
  const found = { verdict: verdictOf(authentication, 2.5), sinceMs: SINCE_MS }
  const isOperation = (series: string): boolean => series === 'POST /login'
  assert.equal(slowestExample([login], found, { nowMs: NOW_MS, isOperation }), login)
})
