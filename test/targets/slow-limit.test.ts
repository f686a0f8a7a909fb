import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultTargets } from '../../src/targets/defaults.ts'
import { slowLimit } from '../../src/targets/slow-limit.ts'
import type { Target } from '../../src/targets/target.ts'

function request(limitMs: number, series?: string, except: readonly string[] = []): Target {
  const indicator = { kind: 'latency', percentile: 0.95, limitMs } as const
  const grades = { a: 0.6 * limitMs, b: 0.8 * limitMs, c: limitMs, d: 2 * limitMs }
  const named = series === undefined ? {} : { series }
  return { id: `request ${series}`, component: 'request', ...named, except, indicator, grades, weight: 0 }
}

test('a target that names series says what is slow there, though the one on all requests comes first', () => {
  const of = slowLimit([...defaultTargets, request(250, 'GET /admin/**'), request(30, 'GET /admin/ping')])
  assert.equal(of('GET /admin/users'), 250)
  assert.equal(of('GET /admin/ping'), 250)
  assert.equal(of('GET /'), 100)
})

test('of two on the same the first holds; what none covers has the default limit', () => {
  assert.equal(slowLimit([request(300), request(100)])('GET /'), 300)
  assert.equal(slowLimit([request(300, undefined, ['GET /big'])])('GET /big'), 100)
  assert.equal(slowLimit([])('GET /'), 100)
})
