import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AlertSeverity, rankOf } from '../../src/alerts/alert.ts'
import { burnCondition, burnStand, burnStands } from '../../src/alerts/burn-rate-policy.ts'
import { type Lookback, spentOver } from '../../src/alerts/lookback.ts'
import { countsOf } from '../../src/alerts/operations.ts'
import { burnPairs, burnRatePolicy } from '../../src/alerts/options.ts'
import { Window, type WindowName } from '../../src/measure/window.ts'
import type { Target } from '../../src/targets/target.ts'
import { Random } from './traffic.ts'
import { database } from './verdicts.ts'

const PER_SECOND = 1000
const DAY_S = 86_400

function targetOf(percentile: number): Target {
  return { ...database, indicator: { kind: 'latency', percentile, limitMs: 25 } }
}

/** A history at a constant rate that was clean until `seconds` ago, and has had this share of bad ones since. */
function brokenFor(seconds: number, share: number): Lookback {
  return (_target, lengthMs) => {
    const total = (lengthMs / 1000) * PER_SECOND
    return { bad: Math.round(Math.min(lengthMs / 1000, seconds) * PER_SECOND * share), total }
  }
}

test('the pairs are those of the SRE workbook for 30 days', () => {
  // long × factor × (1 − objective) of the budget: 2 %, 5 %, 10 %, 10 % of 30 days.
  const spent = burnPairs.map(({ longMs, factor }) => (factor * longMs) / (30 * DAY_S * 1000))
  assert.deepEqual(
    spent.map((share) => Number(share.toFixed(6))),
    [0.02, 0.05, 0.1, 0.1],
  )
  assert.ok(burnPairs.every(({ longMs, shortMs }) => longMs === 12 * shortMs))
})

test('after a clean history each pair fires when long × factor × (1 − objective) / share of bad ones is over', () => {
  // By error share: seconds until the pairs of 14.4, 6, 3 and 1 fire under an objective of 99.9 %. As Sloth computes.
  const expected: readonly (readonly [share: number, ...(number | null)[]])[] = [
    [1, 52, 130, 260, 260],
    [0.1, 519, 1297, 2593, 2593],
    [0.02, 2593, 6481, 12_961, 12_961],
    [0.01, null, 12_961, 25_921, 25_921],
    [0.005, null, null, 51_841, 51_841],
    [0.002, null, null, null, 129_601],
  ]
  const target = targetOf(0.999)
  for (const [share, ...seconds] of expected) {
    for (const [i, pair] of burnPairs.entries()) {
      const fires = (second: number): boolean =>
        burnStand(pair, target, { lookback: brokenFor(second, share), recovery: 0.9, fewestBad: 5 })!.over
      const wanted = seconds[i]!
      if (wanted === null) assert.ok(!fires(10 * DAY_S), `${share} never fires ${pair.factor}`)
      else assert.deepEqual([fires(wanted - 1), fires(wanted)], [false, true], `${share}, ${pair.factor}`)
    }
  }
})

test('a factor that the objective could never reach is lowered, and says so', () => {
  const [page] = burnPairs
  const stand = burnStand(page!, targetOf(0.9), {
    lookback: brokenFor(DAY_S, 1),
    recovery: 0.9,
    fewestBad: 5,
  })!
  assert.deepEqual([Number(stand.factor.toFixed(6)), stand.capped, stand.over], [9, true, true])
})

test('the short window is asked first, which decides as both together do', () => {
  const spent = fc.record({ bad: fc.nat(60), good: fc.constantFrom(0, 10, 100, 1000) })
  const lookbacks = fc.array(fc.option(spent, { nil: undefined }), { minLength: 8, maxLength: 8 })
  const lookbacksMs = burnPairs.flatMap(({ longMs, shortMs }) => [longMs, shortMs])
  const rank = ({ pair }: { readonly pair: { readonly severity: AlertSeverity } }): number =>
    rankOf(pair.severity)
  fc.assert(
    fc.property(
      lookbacks,
      fc.constantFrom(0.8, 0.95, 0.999),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      (seen, p, recovery) => {
        const lookback: Lookback = (_target, lengthMs) => {
          const one = seen[lookbacksMs.indexOf(lengthMs)]
          return one === undefined ? undefined : { bad: one.bad, total: one.bad + one.good }
        }
        const policy = { ...burnRatePolicy, recovery }
        const stands = burnStands(policy, targetOf(p), lookback)
        const highest = (some: typeof stands): AlertSeverity | undefined =>
          some.toSorted((one, other) => rank(other) - rank(one))[0]?.pair.severity
        const both = {
          known: true,
          over: highest(stands.filter(({ over }) => over)),
          near: highest(stands.filter(({ near }) => near)),
        }
        assert.deepEqual(
          burnCondition(policy, targetOf(p), lookback),
          stands.length === 0 ? { known: false } : both,
        )
      },
    ),
    { numRuns: 2000 },
  )
})

test('a window that is not kept leaves its pair out; one without traffic is not known', () => {
  const target = targetOf(0.95)
  const short: Lookback = (each, lengthMs) =>
    lengthMs > DAY_S * 1000 ? undefined : brokenFor(DAY_S, 1)(each, lengthMs)
  assert.deepEqual(burnCondition(burnRatePolicy, target, short), {
    known: true,
    over: 'CRITICAL',
    near: 'CRITICAL',
  })
  assert.deepEqual(
    burnCondition(burnRatePolicy, target, () => undefined),
    { known: false },
  )
  assert.deepEqual(
    burnCondition(burnRatePolicy, target, () => ({ bad: 0, total: 0 })),
    { known: false },
  )
})

test('under 5 bad operations in the long window nothing fires, whatever the rate', () => {
  const target = targetOf(0.999)
  const few =
    (bad: number): Lookback =>
    () => ({ bad, total: 10 })
  const overs = [4, 5].map((bad) => burnCondition(burnRatePolicy, target, few(bad)))
  assert.deepEqual(overs, [
    { known: true, over: undefined, near: 'CRITICAL' },
    { known: true, over: 'CRITICAL', near: 'CRITICAL' },
  ])
})

test('low traffic, half the budget spent, 99.9 %: 30 days of 60 requests an hour fire nothing', () => {
  const random = new Random(7)
  const target = targetOf(0.999)
  const bads: boolean[] = []
  let fired = 0
  const lookback: Lookback = (_each, lengthMs) => {
    if (lengthMs > DAY_S * 1000) return undefined
    const minutes = lengthMs / 60_000
    let bad = 0
    for (let i = Math.max(0, bads.length - minutes); i < bads.length; i++) if (bads[i]!) bad++
    return { bad, total: Math.min(minutes, bads.length) }
  }
  let unguarded = 0
  for (let minute = 0; minute < 30 * 24 * 60; minute++) {
    bads.push(random.uniform() < 0.0005)
    if (minute % 30 !== 0 && !bads.at(-1)) continue
    const condition = burnCondition(burnRatePolicy, target, lookback)
    if (condition.known && condition.over !== undefined) fired++
    const loose = burnCondition({ ...burnRatePolicy, fewestBad: 1 }, target, lookback)
    if (loose.known && loose.over !== undefined) unguarded++
  }
  assert.equal(fired, 0)
  assert.ok(unguarded > 0, 'without the guard this traffic wakes somebody: the test means something')
})

test('a lookback is a recount of its operations, from the finest window that has such slots', () => {
  const random = new Random(3)
  const names: readonly WindowName[] = ['1min', '5min', '1hour', '1day']
  const widths = { '1min': 1, '5min': 5, '1hour': 60, '1day': 900 }
  const windows = new Map(names.map((name) => [name, new Window(name)]))
  const operations: { readonly second: number; readonly bad: boolean }[] = []
  const start = 1_768_000_000
  for (let second = 0; second < 7 * 3600; second += 1 + Math.floor(40 * random.uniform())) {
    const bad = random.uniform() < 0.3
    operations.push({ second, bad })
    const counts = countsOf([{ count: 1, outcome: 'ok', durationMs: bad ? 30 : 10 }], [25])
    for (const [name, window] of windows) {
      const slot = Math.floor((start + second) / widths[name])
      window.expire(slot)
      window.add(counts, slot)
    }
  }
  const last = operations.at(-1)!.second
  const slot = (name: WindowName): number => Math.floor((start + last) / widths[name])
  for (const [spanS, width] of [
    [60, 1],
    [300, 5],
    [1800, 60],
    [3600, 60],
    [7200, 900],
    [21_600, 900],
  ] as const) {
    const spent = spentOver({ view: (_, name) => windows.get(name)!.view(), slot }, database, spanS * 1000)
    const oldest = Math.floor((start + last) / width) - spanS / width + 1
    const within = operations.filter(({ second }) => Math.floor((start + second) / width) >= oldest)
    assert.deepEqual(
      spent,
      { bad: within.filter(({ bad }) => bad).length, total: within.length },
      `${spanS} s`,
    )
  }
  assert.equal(spentOver({ view: () => undefined, slot }, database, 3 * DAY_S * 1000), undefined)
})
