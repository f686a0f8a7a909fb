import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changing } from '../../src/alerts/commands.ts'
import { type Condition, condition, UNKNOWN } from '../../src/alerts/condition.ts'
import type { AlertEvent } from '../../src/alerts/event.ts'
import { eventText } from '../../src/alerts/event-text.ts'
import { alertDefaults, defaultRoute, ratioPolicy } from '../../src/alerts/options.ts'
import { step } from '../../src/alerts/step.ts'
import { AlertWatch } from '../../src/alerts/watch.ts'
import { database, SECOND_MS, START_MS, verdictOf } from './verdicts.ts'

/** What happens, as `second type`, when a target has these ratios for so many seconds each; what a notifier is told. */
function tale(
  spells: readonly (readonly [seconds: number, ratio: number | 'unknown'])[],
  { options = {}, changeAt }: { readonly options?: object; readonly changeAt?: number } = {},
): { readonly events: readonly string[]; readonly notices: readonly string[] } {
  const routes = [{ ...defaultRoute('slack'), repeatMs: 86_400_000 }]
  const watch = new AlertWatch({
    service: 'shop',
    targets: [database],
    options: { ...alertDefaults, routes, ...options },
  })
  const events: string[] = []
  const notices: string[] = []
  let second = 0
  for (const [seconds, ratio] of spells) {
    for (let i = 0; i < seconds; i++) {
      second++
      const atMs = START_MS + second * SECOND_MS
      if (second === changeAt) watch.book.apply(changing({ atMs, name: 'v2' }))
      for (const { type } of watch.step({ atMs, verdicts: [verdictOf(database, ratio)] }))
        if (['fired', 'escalated', 'resolved', 'withdrawn'].includes(type)) events.push(`${second} ${type}`)
      for (const { said, notice } of watch.due({ atMs })) {
        watch.book.apply(said)
        notices.push(`${second} ${notice.reason}`)
      }
    }
  }
  return { events, notices }
}

test('a pending hold stands still while nothing is known: 5 s before, 5 s after', () => {
  // Over at 1; known to be so for 5 s at 6, where it froze; 10 s at 71.
  assert.deepEqual(
    tale([
      [5, 2.5],
      [60, 'unknown'],
      [20, 2.5],
    ]).events,
    ['71 fired'],
  )
})

test('a recovery stands still while nothing is known', () => {
  assert.deepEqual(
    tale([
      [20, 2.5],
      [30, 0.5],
      [100, 'unknown'],
      [60, 0.5],
    ]).events,
    [
      '11 fired',
      // Under since 21, frozen at 51 after 30 s of it, known again at 151: the other 30 s end at 181.
      '181 resolved',
    ],
  )
})

test('within a grace nothing gets worse; recovery goes on', () => {
  const worse = tale(
    [
      [30, 1.7],
      [200, 2.5],
    ],
    { changeAt: 25 },
  )
  assert.deepEqual(worse.events, ['11 fired', '145 escalated'])
  const better = tale(
    [
      [30, 1.7],
      [100, 0.5],
    ],
    { changeAt: 25 },
  )
  assert.deepEqual(better.events, ['11 fired', '91 resolved'])
})

test('in quiet hours the end of a WARNING waits too; that of a CRITICAL does not', () => {
  const quietHours = [{ fromMinute: 1, untilMinute: 10, timeZone: 'UTC' }]
  const warning = tale(
    [
      [30, 1.7],
      [700, 0.5],
    ],
    { options: { quietHours } },
  )
  assert.deepEqual(warning.notices, ['11 fired', '600 resolved'])
  const critical = tale(
    [
      [30, 2.5],
      [700, 0.5],
    ],
    { options: { quietHours } },
  )
  assert.deepEqual(critical.notices, ['11 fired', '91 resolved'])
  const better = tale(
    [
      [30, 2.5],
      [100, 1.6],
      [100, 0.5],
    ],
    { options: { quietHours } },
  )
  assert.deepEqual(better.notices, ['11 fired', '91 de_escalated', '191 resolved'], 'it was CRITICAL once')
})

test('a step down on the way to the end is not told, unless it relapses', () => {
  const down = [
    [20, 2.5],
    [30, 1.6],
  ] as const
  // CRITICAL is left at 21, WARNING at 51: it steps down at 81 and would end at 111.
  assert.deepEqual(tale([...down, [100, 0.5]]).notices, ['11 fired', '111 resolved'])
  const relapsed = tale([...down, [40, 0.5], [60, 1.6], [100, 0.5]])
  assert.deepEqual(relapsed.notices, ['11 fired', '91 de_escalated', '211 resolved'])
})

test('seconds that come a little early put no hold off', () => {
  const watch = new AlertWatch({ service: 'shop', targets: [database], options: alertDefaults })
  const seconds: string[] = []
  for (let second = 1; second <= 90; second++) {
    // As a timer has it: each a millisecond early.
    const verdicts = [verdictOf(database, second <= 20 ? 2.5 : 0.5)]
    for (const { type } of watch.step({ atMs: START_MS + second * 999, verdicts }))
      if (['pending', 'fired', 'resolved'].includes(type)) seconds.push(`${second} ${type}`)
  }
  assert.deepEqual(seconds, ['1 pending', '11 fired', '81 resolved'])
})

test('a successor whose clock is behind takes up what is pending', () => {
  const watch = new AlertWatch({ service: 'shop', targets: [database], options: alertDefaults })
  watch.step({ atMs: START_MS, verdicts: [verdictOf(database, 2.5)] })
  const found = (now: Condition): readonly string[] => {
    let asked = 0
    const events = step(watch.book.open[0]!, {
      atMs: START_MS - SECOND_MS,
      get condition() {
        assert.ok(++asked < 100, 'it has to come to an end')
        return now
      },
      terms: ratioPolicy,
      grace: false,
      identity: () => assert.fail('it has begun'),
      evidence: () => assert.fail('it does not fire yet'),
    })
    for (const event of events) watch.book.apply(event)
    return events.map(({ type }) => type)
  }
  const over = condition('CRITICAL', 'CRITICAL')
  assert.deepEqual(found(over), [])
  assert.deepEqual(found(UNKNOWN), ['frozen'])
  assert.deepEqual(found(over), ['thawed'])
  assert.deepEqual(found(condition(undefined, undefined)), ['withdrawn'])
  assert.deepEqual(watch.book.open, [])
})

test('an alert that was resolved before the clock was set back is followed by another one', () => {
  const options = { ...alertDefaults, policies: [{ ...ratioPolicy, forMs: 0 }] }
  const watch = new AlertWatch({ service: 'shop', targets: [database], options })
  watch.step({ atMs: START_MS, verdicts: [verdictOf(database, 2.5)] })
  const { id: alert } = watch.book.firing[0]!
  watch.book.apply(watch.resolving({ alert, by: 'zoe', atMs: START_MS })!)
  const typesAt = (atMs: number): readonly string[] =>
    watch.step({ atMs, verdicts: [verdictOf(database, 2.5)] }).map(({ type }) => type)
  assert.deepEqual(typesAt(START_MS), [], 'not at the very instant of its end')
  assert.deepEqual(typesAt(START_MS - 3_600_000), ['pending', 'fired'])
})

test('an alert that was pending when the clock was set back begins anew, and its history says why, in order', () => {
  const watch = new AlertWatch({ service: 'shop', targets: [database], options: alertDefaults })
  const seenAt = (atMs: number): readonly AlertEvent[] =>
    watch.step({ atMs, verdicts: [verdictOf(database, 2.5)] })
  seenAt(START_MS)
  const setBack = seenAt(START_MS - 3_600_000)
  assert.deepEqual(
    setBack.map((event) => [event.atMs - START_MS, eventText(event)]),
    [
      [-3_600_000, 'database quiet again (ratio), the clock was set back'],
      [-3_600_000, 'database pending (ratio)'],
    ],
  )
  const { open } = watch.book
  for (const event of setBack) watch.book.apply(event)
  assert.deepEqual(watch.book.open, open, 'what was stored may come twice')
})

test('after the clock was set back what was told to come ends, fires and is met again in its usual time', () => {
  const BACK_MS = 3_600_000
  const typesFor = (
    watch: AlertWatch,
    ratio: number | 'unknown',
    [from, to]: readonly [number, number],
    backMs: number,
  ): readonly string[] => {
    const types: string[] = []
    for (let second = from; second < to; second++) {
      const atMs = START_MS - backMs + second * SECOND_MS
      const events = watch.step({ atMs, verdicts: [verdictOf(database, ratio)] })
      types.push(...events.map(({ type }) => `${second} ${type}`))
    }
    return types
  }
  const started = (...ratios: readonly (readonly [number | 'unknown', number])[]): AlertWatch => {
    const watch = new AlertWatch({ service: 'shop', targets: [database], options: alertDefaults })
    let from = 0
    for (const [ratio, seconds] of ratios) {
      typesFor(watch, ratio, [from, from + seconds], 0)
      from += seconds
    }
    return watch
  }
  const recovering = started([2.5, 20], [0.5, 5])
  assert.deepEqual(typesFor(recovering, 0.5, [25, 120], BACK_MS), [
    ...[
      '25 faltered',
      '25 relapsed',
      '25 recovering',
      '25 recovering',
      '26 meeting',
      '36 success',
      '85 resolved',
    ],
  ])
  const pending = started([2.5, 5])
  assert.deepEqual(typesFor(pending, 2.5, [5, 120], BACK_MS), ['5 withdrawn', '5 pending', '15 fired'])
  const unknown = started([2.5, 20], ['unknown', 5])
  assert.deepEqual(typesFor(unknown, 'unknown', [25, 3_700], BACK_MS), [
    '25 thawed',
    '25 frozen',
    '3625 stale',
  ])
})
