import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOTICES } from '../../contracts/notifier/notices.ts'
import { Book } from '../../src/alerts/book.ts'
import { silencing } from '../../src/alerts/commands.ts'
import type { Due } from '../../src/alerts/due.ts'
import { headlineOf } from '../../src/alerts/notice-text.ts'
import { alertDefaults, defaultRoute, ratioPolicy } from '../../src/alerts/options.ts'
import { parseScenario } from '../../src/alerts/scenario/parse.ts'
import { runScenario, type ScenarioResult } from '../../src/alerts/scenario/run.ts'
import { AlertWatch } from '../../src/alerts/watch.ts'
import { database, START_MS, verdictOf } from './verdicts.ts'

function played(scenario: string): ScenarioResult {
  return runScenario(parseScenario(scenario))
}

test('an alert names the last change before it began, whatever was changed since', () => {
  const { events } = played(`
    target orders database p95 < 25ms
    load 1s 50x ok 10ms for 2m
    load 1s 50x ok 41ms for 4m
    load 1s 50x ok 80ms for 4m
    load 1s 50x ok 10ms for 6m
    load 1s 50x ok 80ms for 2m
    at 1m change v1
    at 4m change v2
    at 5m restart
    eval at 18m orders fired 2, escalated 1, resolved 1`)
  assert.deepEqual(
    events.flatMap((event) =>
      event.type === 'fired' || event.type === 'escalated' || event.type === 'resolved'
        ? [`${event.type}: ${event.evidence.lastChange?.name}`]
        : [],
    ),
    ['fired: v1', 'escalated: v1', 'resolved: v1', 'fired: v2'],
  )
})

test('a policy with a name of its own is named in what is told', () => {
  const watch = new AlertWatch({
    service: 'shop',
    targets: [database],
    options: {
      ...alertDefaults,
      policies: [ratioPolicy, { ...ratioPolicy, name: 'slow rise' }].map((each) => ({ ...each, forMs: 0 })),
      routes: [defaultRoute('slack')],
    },
  })
  watch.step({ atMs: START_MS, verdicts: [verdictOf(database, 2.5)] })
  const [{ notice }] = watch.due({ atMs: START_MS }) as [Due]
  assert.deepEqual(
    notice.alerts.map(({ policy, policyName }) => [policy, policyName]),
    [
      ['ratio', undefined],
      ['ratio', 'slow rise'],
    ],
  )
})

test('changes are known again from a checkpoint; the first ones had the last alone', () => {
  const atMs = START_MS
  const book = new Book()
  const { changes: _, ...former } = book.state()
  const lastChange = { atMs, name: 'v1' }
  book.apply({ type: 'checkpoint', id: 'c1', atMs, state: { ...former, lastChange } })
  assert.deepEqual(book.lastChange, lastChange)
  book.apply({ type: 'changed', id: 'v2', atMs: atMs + 2, name: 'v2' })
  const successor = new Book()
  successor.apply({ type: 'checkpoint', id: 'c2', atMs: atMs + 3, state: book.state() })
  assert.deepEqual(
    [-1, 0, 1, 2].map((ms) => successor.changeBefore(atMs + ms)?.name),
    [undefined, 'v1', 'v1', 'v2'],
  )
})

test('who ends an alert by hand is named, beside how it stands then', () => {
  const { notices } = played(`
    target orders database p95 < 25ms
    load 1s 50x ok 41ms for 90s
    load 1s 50x ok 48ms for 3m
    at 3m resolve orders by zoe
    eval at 3m1s orders alert pending`)
  const [, { notice }] = notices as [unknown, (typeof notices)[number]]
  assert.deepEqual(
    [notice.reason, notice.summary, notice.alerts[0]!.resolvedBy],
    [
      'resolved',
      'orders: resolved by zoe after 2.8 min; still p95 48 ms, limit 25 ms, 1.92 × its limit',
      'zoe',
    ],
  )
})

test('an alert that ends above its limit is not said to be well', () => {
  const { notices } = played(`
    target orders database p95 < 25ms
    load 1s 50x ok 41ms for 1m
    load 1s 50x ok 30ms for 5m
    eval at 6m orders alert resolved, missed`)
  assert.deepEqual(
    notices.map(({ notice: { reason, summary } }) => [reason, summary.replace(/ after \S+ min/, '')]),
    [
      ['fired', 'orders: p95 41 ms, limit 25 ms, 1.64 × its limit: WARNING'],
      ['resolved', 'orders: resolved; still p95 30 ms, limit 25 ms, 1.2 × its limit'],
    ],
  )
})

test('who comes to hear of every success is told of the last ones, not of those of weeks ago', () => {
  const watching = (notifier: string): AlertWatch => {
    const routes = [{ ...defaultRoute(notifier), success: 'always' as const }]
    return new AlertWatch({ service: 'shop', targets: [database], options: { ...alertDefaults, routes } })
  }
  const former = watching('slack')
  for (let atMs = START_MS; atMs <= START_MS + 20_000; atMs += 1_000) {
    former.step({ atMs, verdicts: [verdictOf(database, atMs === START_MS ? 1.2 : 0.5)] })
  }
  const told = (afterMs: number): readonly string[] => {
    const watch = watching('email')
    const atMs = START_MS + afterMs
    watch.book.apply(former.checkpoint(atMs))
    return watch.due({ atMs }).map(({ notice }) => notice.reason)
  }
  assert.deepEqual(told(3_600_000), ['success'])
  assert.deepEqual(told(14 * 86_400_000), [])
})

const HOUR_MS = 3_600_000
const KEPT_BACK = [
  { fromMinute: 0, untilMinute: 0, timeZone: 'UTC', weekdays: [4, 5, 6] },
  { match: { targets: ['database'] }, untilMs: START_MS + 72 * HOUR_MS },
] as const
for (const [at, by] of ['quiet hours', 'a silence'].entries()) {
  test(`a success kept back by ${by} of three days is told at their end, whoever watches by then`, () => {
    const [quiet, silence] = KEPT_BACK
    const watching = (notifier: string): AlertWatch => {
      const routes = [{ ...defaultRoute(notifier), success: 'always' as const }]
      const quietHours = at === 0 ? [quiet] : []
      const options = { ...alertDefaults, routes, quietHours }
      return new AlertWatch({ service: 'shop', targets: [database], options })
    }
    const told: string[] = []
    const see = (watch: AlertWatch, atMs: number, ratio: number): void => {
      watch.step({ atMs, verdicts: [verdictOf(database, ratio)] })
      for (const { said, notice } of watch.due({ atMs })) {
        watch.book.apply(said)
        told.push(`${notice.reason} after ${(atMs - START_MS) / HOUR_MS} h`)
      }
    }
    const former = watching('slack')
    if (at === 1) former.book.apply(silencing({ atMs: START_MS, by: 'ann', comment: 'disk', ...silence }))
    for (let second = 0; second <= 20; second++)
      see(former, START_MS + 1_000 * second, second === 0 ? 1.2 : 0.5)
    const later = (notifier: string): void => {
      const watch = watching(notifier)
      watch.book.apply(former.checkpoint(START_MS + HOUR_MS))
      for (let hour = 2; hour < 100; hour++) see(watch, START_MS + hour * HOUR_MS, 0.5)
    }
    later('email')
    assert.deepEqual(told, [], 'to one that was not there then it is no news')
    later('slack')
    assert.deepEqual(told, ['success after 72 h'])
  })
}

test('an alert that ended before it began, by a clock that was set back since, has lasted for no time', () => {
  const [alert] = NOTICES.resolved!.alerts
  const about = [{ ...alert!, resolvedMs: alert!.firedMs - 3_600_000 }]
  const { summary } = headlineOf('resolved', about, { atMs: alert!.firedMs })
  assert.match(summary, /: resolved after 0 ms; /)
})
