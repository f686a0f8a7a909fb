import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silencing } from '../../src/alerts/commands.ts'
import type { AlertEvent } from '../../src/alerts/event.ts'
import type { Notice } from '../../src/alerts/notice.ts'
import { alertDefaults, defaultRoute, ratioPolicy } from '../../src/alerts/options.ts'
import { AlertWatch } from '../../src/alerts/watch.ts'
import { why } from '../../src/alerts/why.ts'
import type { Target } from '../../src/targets/target.ts'
import { authentication, database, SECOND_MS, START_MS, verdictOf } from './verdicts.ts'

// What users of Alertmanager, Prometheus, Grafana, Netdata, Glowroot, Coroot, Sloth and Pyrra complain about.

type Ratio = number | 'unknown'

interface Lived {
  readonly watch: AlertWatch
  readonly events: AlertEvent[]
  readonly notices: Notice[]
  readonly live: (seconds: number, ratio: Ratio | ((second: number) => Ratio), of?: object) => void
  readonly nowMs: () => number
}

function service(options = {}, targets: readonly Target[] = [database]): Lived {
  const routes = [defaultRoute('slack')]
  const watch = new AlertWatch({
    service: 'shop',
    targets,
    options: { ...alertDefaults, routes, ...options },
  })
  const events: AlertEvent[] = []
  const notices: Notice[] = []
  let atMs = START_MS
  return {
    watch,
    events,
    notices,
    nowMs: () => atMs,
    live: (seconds, ratio, of = {}) => {
      for (let second = 0; second < seconds; second++) {
        atMs += SECOND_MS
        const ratioNow = typeof ratio === 'number' || ratio === 'unknown' ? ratio : ratio(second)
        const now = { atMs, verdicts: targets.map((target) => verdictOf(target, ratioNow, of)) }
        events.push(...watch.step(now))
        for (const { said, notice } of watch.due({ atMs, now })) {
          watch.book.apply(said)
          notices.push(notice)
        }
      }
    },
  }
}

const count = (events: readonly AlertEvent[], type: AlertEvent['type']): number =>
  events.filter((event) => event.type === type).length

test('alertmanager#204, grafana#6202: round the threshold for an hour, one fire and one resolve', () => {
  const { events, notices, live } = service()
  live(3600, (second) => (Math.floor(second / 15) % 2 === 0 ? 1.7 : 1.2))
  live(120, 0.5)
  assert.deepEqual([count(events, 'fired'), count(events, 'resolved')], [1, 1])
  assert.deepEqual(
    notices.map(({ reason }) => reason),
    ['fired', 'resolved'],
  )
})

test('prometheus#6504: a dip of less than the time it keeps firing ends nothing', () => {
  const { events, live } = service()
  live(60, 2.5)
  live(59, 0.5)
  live(60, 2.5)
  assert.deepEqual([count(events, 'fired'), count(events, 'resolved')], [1, 0])
})

test('netdata#1832, platform#2348: ratios of tiny traffic wake nobody', () => {
  const { events, live } = service()
  live(600, 5, { n: 19, bad: 19 })
  live(600, 5, { n: 100, bad: 4 })
  assert.deepEqual(
    events.map(({ type }) => type),
    ['missed'],
  )
})

test('sloth#133, #531: NaN and no data are no verdict; nothing is resolved by silence', () => {
  const { watch, events, live } = service()
  live(30, 2.5)
  live(3000, 'unknown')
  assert.equal(watch.book.firing.length, 1)
  live(2, Number.NaN)
  assert.deepEqual([count(events, 'resolved'), count(events, 'success')], [0, 0])
})

test('pyrra#448: that nothing is measured any more is told, once', () => {
  const { notices, live } = service({ routes: [{ ...defaultRoute('slack'), repeatMs: 86_400_000 }] })
  live(30, 2.5)
  live(3 * 3600, 'unknown')
  assert.deepEqual(
    notices.map(({ reason }) => reason),
    ['fired', 'stale'],
  )
})

test('that nothing is measured is told again when something was in between', () => {
  const { notices, live } = service({ routes: [{ ...defaultRoute('slack'), repeatMs: 86_400_000 }] })
  live(30, 2.5)
  live(2 * 3600, 'unknown')
  live(60, 2.5)
  live(2 * 3600, 'unknown')
  assert.deepEqual(
    notices.map(({ reason }) => reason),
    ['fired', 'stale', 'stale'],
  )
})

test('glowroot#1088: the subject says how bad it is and what the limit was', () => {
  const { notices, live } = service()
  live(30, 2.4)
  assert.equal(notices[0]!.summary, 'database: p95 60 ms, limit 25 ms, 2.4 × its limit: CRITICAL')
})

test('glowroot#594, #304, coroot#819: the evidence goes with the notice', () => {
  const { watch, nowMs } = service()
  const breakdown = [{ component: 'database', calls: 12, wallMs: 300 }]
  const slowest = { atMs: 1, series: 'GET /', durationMs: 900, failed: false, breakdown, ownMs: 9 }
  const contributors = [{ series: 'orders', bad: 3, n: 9, share: 0.6 }]
  const details = () => ({ contributors, slowest, inFlight: 7, users: 41 })
  for (let second = 1; second <= 20; second++) {
    const atMs = nowMs() + second * SECOND_MS
    watch.step({ atMs, verdicts: [verdictOf(database, 2.4)], details })
  }
  const { notice } = watch.due({ atMs: nowMs() + 20 * SECOND_MS })[0]!
  assert.deepEqual(notice.alerts[0]!.evidence, {
    atMs: nowMs() + 11 * SECOND_MS,
    sinceMs: nowMs() + SECOND_MS,
    window: '1min',
    indicator: { kind: 'latency', percentile: 0.95, limitMs: 25, valueMs: 60 },
    ratio: 2.4,
    n: 600,
    bad: 300,
    failed: 0,
    compliance: 50,
    contributors,
    slowest,
    inFlight: 7,
    users: 41,
  })
})

test('an alert that joins a group in which something worse fires comes first, by its own name and severity', () => {
  const other = { ...database, id: 'orders' }
  const { notices, watch, nowMs } = service({}, [database, other])
  const live = (seconds: number, [one, two]: readonly [number, number], from: number): void => {
    for (let second = 1; second <= seconds; second++) {
      const atMs = nowMs() + (from + second) * SECOND_MS
      const now = { atMs, verdicts: [verdictOf(database, one), verdictOf(other, two)] }
      watch.step(now)
      for (const { said, notice } of watch.due({ atMs, now })) {
        watch.book.apply(said)
        notices.push(notice)
      }
    }
  }
  live(20, [2.4, 0.5], 0)
  live(20, [2.4, 1.6], 20)
  const { summary, severity, alerts } = notices[1]!
  assert.equal(summary, 'orders: p95 40 ms, limit 25 ms, 1.6 × its limit: WARNING (1 other still fires)')
  assert.equal(severity, 'CRITICAL')
  assert.deepEqual(
    alerts.map(({ target }) => target),
    ['orders', 'database'],
  )
})

test('a receiver is reminded only of what it was told, as it was told: not past a silence, a route, maintenance', () => {
  const pager = { ...defaultRoute('pager'), from: 'CRITICAL' } as const
  const { watch, notices, live, nowMs } = service({ routes: [defaultRoute('slack'), pager] })
  const told = (notifier: string): readonly unknown[] =>
    watch.told(notifier).map(({ target, severity }) => [target, severity])
  live(20, 1.7)
  assert.deepEqual([told('slack'), told('pager')], [[['database', 'WARNING']], []])
  live(20, 2.4)
  assert.deepEqual([told('slack'), told('pager')], [[['database', 'CRITICAL']], [['database', 'CRITICAL']]])
  const silence = { by: 'ann', comment: '', match: {}, untilMs: nowMs() + 3_600_000 }
  watch.book.apply(silencing({ atMs: nowMs(), ...silence }))
  live(100, 1.6)
  assert.deepEqual(told('pager'), [['database', 'CRITICAL']], 'that it became better was not told')
  live(100, 0.5)
  const [ended] = notices.at(-1)!.alerts
  assert.deepEqual([notices.at(-1)!.reason, ended!.severity, told('pager')], ['resolved', 'CRITICAL', []])
})

test('a repeated notice tells how it is now, not how it was hours ago; of nothing measured, what was known last', () => {
  const repeats = [{ ...defaultRoute('slack'), repeatMs: 60_000 }]
  const { notices, live } = service({ routes: repeats })
  live(20, 2.4)
  live(70, 3.2)
  assert.deepEqual(
    notices.map(({ reason, alerts: [alert] }) => [reason, alert!.evidence.ratio]),
    [
      ['fired', 2.4],
      ['repeated', 3.2],
    ],
  )
  const { alerts, atMs } = notices[1]!
  assert.equal(alerts[0]!.evidence.atMs, atMs)
  live(70, 'unknown')
  assert.deepEqual([notices[2]!.reason, notices[2]!.alerts[0]!.evidence.ratio], ['repeated', 2.4])
})

test('a step down that is told after a relapse tells of the relapse, not of how well it was before', () => {
  const { notices, live } = service()
  live(20, 2.5)
  live(30, 1.6)
  live(40, 0.5)
  live(5, 1.4)
  assert.deepEqual(
    notices.slice(1).map(({ summary }) => summary),
    ['database: p95 35 ms, limit 25 ms, 1.4 × its limit: down to WARNING'],
  )
})

test('glowroot#438: one switch for all alerts', () => {
  const { events, notices, live } = service({ enabled: false })
  live(600, 5)
  assert.deepEqual([events, notices], [[], []])
})

test('glowroot#708, sloth#529, kibana#209245: a recurring maintenance, by time zone, for one component', () => {
  const maintenance = [
    {
      kind: 'recurring',
      name: 'backup',
      match: { components: ['database'] },
      cron: '0 1 * * *',
      durationMs: 600_000,
      timeZone: 'Europe/Berlin',
    },
  ] as const
  const { watch, events, live } = service({ maintenance }, [database, authentication])
  live(599, 3)
  const fired = events.flatMap((event) => (event.type === 'fired' ? [event.target] : []))
  assert.deepEqual(fired, ['authentication'])
  assert.equal(watch.book.firing.length, 1)
})

test('glowroot#795, #440, sloth#505: why it did not fire, with numbers', () => {
  const { watch, live, nowMs } = service()
  live(5, 1.7)
  const look = (ratio: Ratio, of = {}) => {
    const input = { atMs: nowMs(), verdicts: [verdictOf(database, ratio, of)] }
    return why(watch, 'database', input)[0]!
  }
  assert.deepEqual(
    look(1.7)
      .conditions.filter(({ holds }) => !holds)
      .map(({ text }) => text),
    ['over for 4 s, for 10 s is needed'],
  )
  assert.match(look(1.2).text, /no {3}1\.2 × its limit, WARNING from 1\.5, CRITICAL from 2/)
  assert.match(look(1.7, { n: 12 }).text, /no {3}12 operations in the last minute, at least 20 are needed/)
  assert.match(look('unknown').text, /no {3}no verdict: nothing measured; what is not known changes nothing/)
  const match = { targets: ['data*'] }
  watch.book.apply(silencing({ atMs: nowMs(), by: 'ann', comment: 'on it', match, untilMs: nowMs() + 9000 }))
  assert.match(
    look(1.7).text,
    /no {3}silenced by ann until 2026-01-15T00:00:14\.000Z \([0-9a-f]{20}\): on it/,
  )
  assert.deepEqual(why(watch, 'nothing', { atMs: nowMs(), verdicts: [] }), [])
})

test('an end under a silence is still told to who was told of the beginning: pagers have to be closed', () => {
  const { watch, notices, live, nowMs } = service()
  live(30, 2.5)
  const command = { by: 'ann', comment: '', match: {}, untilMs: nowMs() + 3_600_000 }
  watch.book.apply(silencing({ atMs: nowMs(), ...command }))
  live(120, 0.5)
  assert.deepEqual(
    notices.map(({ reason }) => reason),
    ['fired', 'resolved'],
  )
})

test('who asks for CRITICAL only hears of an escalation, and of the end', () => {
  const { notices, live } = service({ routes: [{ ...defaultRoute('pager'), from: 'CRITICAL' }] })
  live(60, 1.7)
  assert.equal(notices.length, 0)
  live(30, 2.5)
  live(120, 0.5)
  assert.deepEqual(
    notices.map(({ reason, severity }) => [reason, severity]),
    [
      ['fired', 'CRITICAL'],
      ['resolved', 'SUCCESS'],
    ],
  )
})

test('sentry#66871: one policy covers every target, by pattern with rules of its own', () => {
  const admin: Target = { ...database, id: 'request GET /admin/**', component: 'request' }
  const policies = [
    { ...ratioPolicy, match: { components: ['database'] } },
    { ...ratioPolicy, name: 'admin', match: { targets: ['request GET /admin/**'] }, warning: 3, critical: 6 },
  ]
  const { events, live } = service({ policies }, [database, admin])
  live(30, 2.5)
  assert.deepEqual(
    events.flatMap((event) => (event.type === 'fired' ? [event.target] : [])),
    ['database'],
  )
})

test('a target or policy that the configuration no longer has leaves no alert open for ever', () => {
  const { events, live } = service()
  live(30, 2.5)
  const after = new AlertWatch({ service: 'shop', targets: [authentication], options: alertDefaults })
  for (const event of events) after.book.apply(event)
  const closing = after.step({ atMs: START_MS + 60_000, verdicts: [verdictOf(authentication, 0.5)] })
  assert.deepEqual(
    closing.map((event) => [event.type, 'by' in event && event.by]),
    [['resolved', 'configuration']],
  )
  assert.deepEqual(after.book.open, [])
})

test('a successor that lost the last events makes the same ids, so that receivers can drop what they know', () => {
  const one = service()
  one.live(9, 2.5)
  const other = service()
  for (const event of one.events) other.watch.book.apply(event)
  one.live(4, 2.5)
  // The other one saw the seconds later.
  other.live(1, 2.5)
  const atMs = one.nowMs() + 7000
  other.watch.step({ atMs, verdicts: [verdictOf(database, 2.5)] })
  const [due] = other.watch.due({ atMs })
  assert.equal(due!.notice.id, one.notices[0]!.id)
  assert.equal(due!.notice.alerts[0]!.id, one.notices[0]!.alerts[0]!.id)
})
