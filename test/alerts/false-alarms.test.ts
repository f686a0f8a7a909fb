import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertDefaults, burnRatePolicy, defaultRoute, ratioPolicy } from '../../src/alerts/options.ts'
import { simulate } from '../../src/alerts/replay.ts'
import { traffic } from './traffic.ts'
import { database, START_MS } from './verdicts.ts'

// The p95 is usually at 80 % of its limit, 88 % at noon: close enough that doubling it is a WARNING. `bench/alerts.ts`
// runs whole days and many seeds.
const usual = { startMs: START_MS, perSecond: 10, medianMs: 10.3, limitMs: 25 }
const options = { ...alertDefaults, routes: [defaultRoute('slack')] }
const both = { ...options, policies: [ratioPolicy, burnRatePolicy] }

test('a day of normal traffic with likeness of neighbours and a daily rhythm fires nothing, by either policy', () => {
  const readings = traffic({ ...usual, seed: 1, seconds: 24 * 3600 })
  const { events, notices } = simulate({ targets: [database], options: both, readings })
  assert.deepEqual(
    events.filter(({ type }) => type === 'fired'),
    [],
  )
  assert.deepEqual(notices, [])
})

// At night twice the latency is 1.44 times the limit: it fires when the median wanders up, within half an hour here.
test('a step to twice the latency is found every time', () => {
  const delays: number[] = []
  for (let seed = 1; seed <= 12; seed++) {
    const second = 120 + 7 * seed
    const startMs = START_MS + seed * 2 * 3_600_000
    const readings = traffic({ ...usual, startMs, seed, seconds: second + 1800, step: { second, factor: 2 } })
    const { events } = simulate({ targets: [database], options, readings })
    const fired = events.filter(({ type }) => type === 'fired')
    assert.ok(fired.length > 0, `seed ${seed}`)
    delays.push((fired[0]!.atMs - startMs) / 1000 - second)
  }
  assert.ok(Math.min(...delays) >= 10, 'fired before its hold was over')
})
