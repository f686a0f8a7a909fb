import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BurnRatePolicy } from '../../src/alerts/burn-rate-policy.ts'
import { countsOf, type Operations } from '../../src/alerts/operations.ts'
import { alertDefaults, burnRatePolicy, defaultRoute } from '../../src/alerts/options.ts'
import { Replay } from '../../src/alerts/replay.ts'
import type { Route } from '../../src/alerts/route.ts'
import { AlertWatch } from '../../src/alerts/watch.ts'
import { type Why, why } from '../../src/alerts/why.ts'
import { defaultTargets } from '../../src/targets/defaults.ts'
import type { Target } from '../../src/targets/target.ts'
import { database, SECOND_MS, START_MS, verdictOf } from './verdicts.ts'

const GOOD: readonly Operations[] = [{ count: 10, outcome: 'ok', durationMs: 10 }]
const BAD: readonly Operations[] = [{ count: 10, outcome: 'failed', durationMs: 5 }]

/** What `why` says of burn rates after minutes of traffic, each of one kind (`undefined`: nothing came). */
function after(
  minutes: readonly (readonly Operations[] | undefined)[],
  target: Target = database,
  rules: Partial<BurnRatePolicy> = {},
): string {
  const options = { ...alertDefaults, policies: [{ ...burnRatePolicy, ...rules }] }
  const replay = new Replay({ service: 'shop', targets: [target], options, startMs: START_MS })
  let verdicts = replay.second({ atMs: START_MS, slices: [] }).verdicts
  for (const [minute, operations] of minutes.entries()) {
    for (let second = 1; second <= 60; second++) {
      const counts = operations && countsOf(operations, [25])
      const slices = counts && [{ component: 'database', name: 'orders', nested: false, counts }]
      const atMs = START_MS + minute * 60_000 + second * 1000
      verdicts = replay.second({ atMs, slices: slices ?? [] }).verdicts
    }
  }
  return why(replay.watch, target.id, replay.input(verdicts))[0]!.text
}

const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value)

test('burn rates: both windows of every pair with their numbers, the guard, and which of them holds', () => {
  assert.equal(
    after([...times(52, GOOD), ...times(8, BAD)]),
    `database, policy burn_rate: quiet
  no   no pair of windows burns the budget of 5 % bad ones too fast
    no   CRITICAL by 1 h and 5 min
      no   1 h: burns 2.71 × the budget (4 800 of 35 410 bad), fires over 14.4
      yes  5 min: burns 20 × the budget (2 960 of 2 960 bad), fires over 14.4
      yes  4 800 bad in 1 h, at least 5 are needed
    no   CRITICAL by 6 h and 30 min
      no   6 h: burns 2.66 × the budget (4 800 of 36 000 bad), fires over 6
      no   30 min: burns 5.51 × the budget (4 800 of 17 410 bad), fires over 6
      yes  4 800 bad in 6 h, at least 5 are needed
    no   WARNING by 24 h and 2 h
      no   24 h: burns 2.66 × the budget (4 800 of 36 000 bad), fires over 3
      no   2 h: burns 2.66 × the budget (4 800 of 36 000 bad), fires over 3
      yes  4 800 bad in 24 h, at least 5 are needed
    no   WARNING by 72 h and 6 h
      no   72 h: so long a window is not kept
  no   not over now; fires as soon as it is
  yes  no grace after a start, a change or maintenance
  yes  not silenced
  no   no notifier is configured`,
  )
})

test('burn rates: a factor that the objective could not reach is shown capped; few bad ones hold it back', () => {
  const p90: Target = { ...database, indicator: { kind: 'latency', percentile: 0.9, limitMs: 25 } }
  const text = after([BAD], p90, { fewestBad: 601 })
  assert.match(text, /^ {2}no {3}no pair of windows burns the budget of 10 % bad ones too fast$/m)
  assert.match(
    text,
    /yes {2}1 h: burns 10 × the budget \(600 of 600 bad\), fires over 9, 14\.4 capped by the objective$/m,
  )
  assert.match(text, /no {3}600 bad in 1 h, at least 601 are needed/)
})

test('burn rates: a window that saw nothing, or that is not kept, is named', () => {
  assert.match(
    after([...times(5, BAD), ...times(10, undefined)]),
    /CRITICAL by 1 h and 5 min\n {6}no {3}5 min: nothing measured\n {4}yes {2}CRITICAL by 6 h and 30 min\n {6}yes {2}6 h/,
  )
})

test('maintenance that is under way and quiet hours are conditions like others', () => {
  // 00:00 UTC is 01:00 in Berlin.
  const quietHours = [{ fromMinute: 0, untilMinute: 6 * 60, timeZone: 'Europe/Berlin' }]
  const match = { components: ['database'] }
  const span = { fromMs: START_MS, untilMs: START_MS + 60_000 }
  const maintenance = [{ kind: 'once', name: 'disks', match, ...span } as const]
  const options = { ...alertDefaults, quietHours, maintenance }
  const at = (afterMs: number, ratio: number, then: readonly number[] = []): readonly string[] => {
    const watch = new AlertWatch({ service: 'shop', targets: [database], options })
    let input = { atMs: START_MS, verdicts: [verdictOf(database, ratio)] }
    const ratios = [...Array.from({ length: afterMs / SECOND_MS + 1 }, () => ratio), ...then]
    for (const [second, each] of ratios.entries()) {
      input = { atMs: START_MS + second * SECOND_MS, verdicts: [verdictOf(database, each)] }
      watch.step(input)
    }
    const { conditions } = why(watch, 'database', input)[0]!
    return conditions
      .filter(({ name }) => name === 'no_grace' || name === 'not_quiet')
      .map(({ holds, text }) => `${holds ? 'yes' : 'no'} ${text}`)
  }
  assert.deepEqual(at(10_000, 1.6), [
    'no maintenance "disks": nobody is told; nothing fires until its grace is over, 2026-01-15T00:03:00.000Z',
    'no quiet hours: a WARNING is told when they are over',
  ])
  assert.match(
    at(90_000, 1.6)[0]!,
    /^no nothing fires until 2026-01-15T00:03:00\.000Z: grace after maintenance/,
  )
  const told = [
    'yes no grace after a start, a change or maintenance',
    'yes quiet hours, for which what is or was CRITICAL does not wait',
  ]
  assert.deepEqual(at(200_000, 2.4), told)
  assert.deepEqual(at(200_000, 2.4, times(120, 1.6)), told)
})

test('who would be told is said of the severity that it has or would have, of both where neither is reached', () => {
  const critical = { ...defaultRoute('pager'), from: 'CRITICAL' } as const
  const told = (ratio: number | 'unknown', routes: readonly Route[], seconds = 1): string => {
    const options = { ...alertDefaults, routes }
    const watch = new AlertWatch({ service: 'shop', targets: [database], options })
    const at = (second: number) => ({
      atMs: START_MS + second * SECOND_MS,
      verdicts: [verdictOf(database, ratio)],
    })
    for (let second = 0; second <= seconds; second++) watch.step(at(second))
    const { conditions } = why(watch, 'database', at(seconds))[0]!
    const { holds, text } = conditions.find(({ name }) => name === 'routed')!
    return `${holds ? 'yes' : 'no'} ${text}`
  }
  assert.equal(told(2.4, []), 'no no notifier is configured')
  assert.equal(told(2.4, [critical]), 'yes told to pager', 'not over long enough to fire')
  assert.equal(told(1.6, [critical]), 'no no notifier hears of it as a WARNING')
  assert.equal(told(2.4, [critical], 20), 'yes told to pager', 'fires')
  const either = 'yes told to pager as a CRITICAL, no notifier hears of it as a WARNING'
  assert.equal(told(0.5, [critical]), either)
  assert.equal(told('unknown', [critical]), either)
  assert.equal(told(0.5, [defaultRoute('team')]), 'yes told to team')
})

test('of a hit rate lookups are counted', () => {
  const layer = defaultTargets.find(({ id }) => id === 'cache_l1')!
  const watch = new AlertWatch({ service: 'shop', targets: [layer], options: alertDefaults })
  const [{ text }] = why(watch, 'cache_l1', { atMs: START_MS, verdicts: [verdictOf(layer, 1.6)] }) as [Why]
  assert.match(text, /^ {2}yes {2}600 lookups in the last minute, at least 20 are needed$/m)
})
