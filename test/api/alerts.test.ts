import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changing, starting } from '../../src/alerts/commands.ts'
import type { AlertEvent } from '../../src/alerts/event.ts'
import { alertDefaults } from '../../src/alerts/options.ts'
import { api } from '../../src/api/routes.ts'
import { YardstickError } from '../../src/ground/errors.ts'
import { ask, type Json, ROOT, secondsAgo, send, shop } from './asking.ts'
import { alertingShop, alertsOf, shopSlices, snapshotOf, sourceOf, TARGETS } from './fixture.ts'

test('what fires, with evidence, acknowledgement and silence', async () => {
  const { app } = await shop()
  const { alerts, total, next_cursor } = await ask(app, '/alerts')
  assert.deepEqual([total, next_cursor], [2, null])
  const [database, request] = ['database', 'request'].map((id) =>
    alerts.find(({ target }: Json) => target === id),
  )
  assert.deepEqual(
    [database.status, database.severity, database.since, database.fired, database.duration_ms],
    ['active', 'CRITICAL', '2026-01-10T11:59:35.000Z', '2026-01-10T11:59:45.000Z', 20_000],
  )
  assert.deepEqual(
    [database.evidence.ratio, database.evidence.limit, database.evidence.unit, database.evidence.n],
    [2.4, 25, 'ms', 100],
  )
  assert.deepEqual(database.acknowledged, {
    by: 'ann',
    comment: 'the new index is being built',
    timestamp: '2026-01-10T12:00:03.000Z',
  })
  assert.deepEqual([request.severity, request.silenced.by, database.silenced], ['WARNING', 'ben', null])
})

test('metrics, health and report tell of the same alerts, the most severe first', async () => {
  const { app } = await shop()
  const [metrics, health, report] = await Promise.all(
    ['/metrics', '/health', '/report'].map((path) => ask(app, path)),
  )
  assert.equal(metrics.active_alerts_count, 2)
  assert.deepEqual(
    health.active_alerts.map(({ target }: Json) => target),
    ['database', 'request'],
  )
  assert.deepEqual(report.alert_summary, {
    active_alerts_count: 2,
    alerts: health.active_alerts,
    grace: null,
  })
})

test('health, report and the list say until when nothing new fires, after a start or a change', async () => {
  const graces = async (options = alertDefaults, happened: readonly AlertEvent[] = []): Promise<Json> => {
    const now = snapshotOf(shopSlices())
    const { desk, alerting } = alertsOf(now, { options })
    for (const event of happened) alerting.watch.book.apply(event)
    const app = api(sourceOf(now, TARGETS, desk))
    const [health, report, list] = await Promise.all(
      ['/health', '/report', '/alerts'].map((path) => ask(app, path)),
    )
    assert.deepEqual(report.alert_summary.grace, health.grace)
    return [health.grace, list.grace]
  }
  const start = starting({ atMs: secondsAgo(3) })
  const change = changing({ atMs: secondsAgo(1), name: 'v2' })
  assert.deepEqual(await graces(), [null, null])
  const afterStart = { reason: 'start', name: null, until: '2026-01-10T12:02:02.000Z' }
  assert.deepEqual(await graces(alertDefaults, [start]), [afterStart, afterStart])
  const afterChange = { reason: 'change', name: 'v2', until: '2026-01-10T12:02:04.000Z' }
  assert.deepEqual(await graces(alertDefaults, [start, change]), [afterChange, afterChange])
  assert.deepEqual(await graces(alertDefaults, [starting({ atMs: secondsAgo(120) })]), [null, null])
  assert.deepEqual(await graces({ ...alertDefaults, enabled: false }, [start]), [null, null])
})

test('by severity, component and time; by pages that stay as they are when more fire', async () => {
  const { app, alerting, store, clock } = await shop()
  const targets = async (query: string): Promise<string[]> =>
    (await ask(app, `/alerts?${query}`)).alerts.map(({ target }: Json) => target).sort()
  assert.deepEqual(await targets('severity=WARNING'), ['request'])
  assert.deepEqual(await targets('component=database'), ['database'])
  assert.deepEqual(await targets('since=5s'), [])
  assert.deepEqual(await targets('since=2026-01-10T11:59:40Z'), ['database', 'request'])
  const first = await ask(app, '/alerts?limit=1')
  assert.deepEqual([first.alerts.length, first.total], [1, 2])
  // Something new comes between the two pages: it stands before both.
  const token = (await store.lease('alerts', 30_000))!
  alerting.step({
    atMs: clock.wallMs() + 1000,
    verdicts: snapshotOf([]).window('1min').verdicts,
  })
  await alerting.tell(token)
  const second = await ask(app, `/alerts?limit=1&cursor=${first.next_cursor}`)
  assert.deepEqual([second.alerts.length, second.next_cursor], [1, null])
  assert.notEqual(second.alerts[0].id, first.alerts[0].id)
})

test('each bad parameter is told', async () => {
  const { app } = await shop()
  const body = await ask(app, '/alerts?status=open&limit=0&since=yesterday&cursor=x&colour=red', 400)
  assert.deepEqual(
    body.errors.map(({ parameter }: Json) => parameter),
    ['status', 'limit', 'since', 'cursor', 'colour'],
  )
  assert.equal(
    body.errors[0].detail,
    'Expected status to be one of active (default), resolved, all, got "open".',
  )
})

test('an alert has its whole timeline, notices and what became of them', async () => {
  const { app } = await shop()
  const { alerts } = await ask(app, '/alerts?component=database')
  const { timeline, ...alert } = await ask(app, `/alerts/${alerts[0].id}`)
  assert.deepEqual(alert, alerts[0])
  assert.deepEqual(
    timeline.map(({ type, text }: Json) => `${type}: ${text}`),
    [
      'pending: database pending (ratio)',
      'fired: database fired CRITICAL (ratio): p95 60 ms, limit 25 ms, 2.4 × its limit',
      'said: notice to team: fired',
      'said: notice to mail: fired',
      'delivered: team delivered',
      'dead: mail given up after 1 attempt: the server refused the address',
      'acknowledged: acknowledged by ann: the new index is being built',
    ],
  )
  assert.match((await ask(app, '/alerts/0123456789', 404)).detail, /No alert of this id/)
})

test('somebody acknowledges, resolves; what is over is history, with resolution time and MTTA', async () => {
  const { app } = await shop()
  const { alerts } = await ask(app, '/alerts?component=request')
  const { id } = alerts[0]
  const acknowledged = await send(app, 'POST', `/alerts/${id}/acknowledge`, { by: ' cat ', comment: 'mine' })
  assert.deepEqual(
    [acknowledged.acknowledged.by, acknowledged.timeline.at(-1).text],
    ['cat', 'acknowledged by cat: mine'],
  )
  const resolved = await send(app, 'POST', `/alerts/${id}/resolve`, { by: 'cat' })
  assert.deepEqual([resolved.status, resolved.resolved_by, resolved.duration_ms], ['resolved', 'cat', 20_000])
  assert.match((await send(app, 'POST', `/alerts/${id}/resolve`, { by: 'cat' }, 409)).detail, /is resolved/)
  await send(app, 'POST', '/alerts/0123/acknowledge', { by: 'cat' }, 404)
  assert.deepEqual(
    (await ask(app, '/alerts?status=resolved')).alerts.map((each: Json) => each.id),
    [id],
  )
  assert.equal((await ask(app, '/alerts?status=all')).total, 2)
  assert.equal(
    (await ask(app, '/alerts?status=resolved&since=10s')).total,
    1,
    'that fired before does not matter',
  )
  const summary = await ask(app, '/alerts/summary?since=1h')
  assert.deepEqual(
    [summary.fired, summary.resolved, summary.open, summary.mtta_ms, summary.mttr_ms, summary.flaps],
    [2, 1, 1, 19_000, 20_000, 0],
  )
  assert.deepEqual(summary.targets.map(({ target, longest_ms }: Json) => [target, longest_ms]).sort(), [
    ['database', null],
    ['request', 20_000],
  ])
  const ever = await ask(app, '/alerts/summary?since=999999999d')
  assert.deepEqual([ever.since, ever.fired], ['1970-01-01T00:00:00.000Z', 2])
})

test('what is over is found by how bad it was, not by what it had become', async () => {
  const { app, desk, alerting } = await shop()
  const database = alerting.watch.book.firing.find((alert) => alert.target === 'database')!
  const { id, target, policy, evidence, firedMs } = database
  const head = { id: `${id}.2.de_escalated`, atMs: firedMs + 1000, alert: id, target, policy }
  await desk.decide({ ...head, type: 'de_escalated', transition: 2, severity: 'WARNING', evidence })
  await send(app, 'POST', `/alerts/${id}/resolve`, { by: 'cat' })
  const { alerts } = await ask(app, '/alerts?status=resolved&severity=CRITICAL')
  assert.deepEqual(
    alerts.map((each: Json) => [each.id, each.severity, each.worst_severity]),
    [[id, 'WARNING', 'CRITICAL']],
  )
  assert.equal((await ask(app, '/alerts?status=resolved&severity=WARNING')).total, 0)
})

test('a body says everything that is wrong with it', async () => {
  const { app } = await shop()
  const body = await send(app, 'POST', '/silences', { by: '', match: { colour: 1 }, until: 'soon' }, 400)
  assert.equal(body.type, 'urn:yardstick:problem:invalid-body')
  assert.deepEqual(
    body.errors.map(({ parameter }: Json) => parameter),
    ['by', 'match', 'until'],
  )
  const unmatched = { by: 'ann', match: { targets: ['databsae'] } }
  const again = await send(app, 'POST', '/silences', unmatched, 400)
  assert.deepEqual(
    again.errors.map(({ parameter }: Json) => parameter),
    ['until', 'match.targets'],
  )
  const policies = ['no', 'ratio', 'none']
  const mixed = { by: '', comment: 7, match: { components: ['disk'], policies }, for: '1h', until: '2026' }
  const all = await send(app, 'POST', '/silences', mixed, 400)
  assert.deepEqual(
    all.errors.map(({ parameter }: Json) => parameter),
    ['by', 'comment', 'until', 'match.components', 'match.policies'],
  )
  assert.match(all.detail, /Expected only ratio, got "no, none"\./)
  const past = { by: 'ann', match: [], until: '2020-01-01T00:00:00Z', colour: 'red' }
  const late = await send(app, 'POST', '/silences', past, 400)
  assert.deepEqual(
    late.errors.map(({ parameter }: Json) => parameter),
    ['match', '', 'until'],
  )
  assert.equal((await ask(app, '/silences')).total, 1)
  const text = await app.request(`${ROOT}/changes`, { method: 'POST', body: '{"name":"v2"}' })
  assert.equal(text.status, 415)
  const torn = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":' }
  assert.equal((await app.request(`${ROOT}/changes`, torn)).status, 400)
  const huge = { ...torn, body: JSON.stringify({ name: 'x'.repeat(70_000) }) }
  assert.equal((await app.request(`${ROOT}/changes`, huge)).status, 413)
})

test('what notices link to is there, and is what they are about', async () => {
  const { app, notices } = await shop()
  await send(app, 'POST', '/notifiers/team/test', {})
  const [fired] = notices
  const { pathname, origin } = new URL(fired!.url!)
  assert.equal(origin, 'https://perf.shop.example')
  const page = await ask(app, pathname.replace(ROOT, ''))
  assert.deepEqual([page.id, fired!.alerts[0]!.url], [fired!.alerts[0]!.id, fired!.url])
  // A test is about no alert there is.
  assert.equal(notices.at(-1)!.url, `https://perf.shop.example${ROOT}/alerts`)
})

test('notifiers: state, dead letters, a test, another try', async () => {
  const { app, told } = await shop()
  const { notifiers, dead_letters } = await ask(app, '/notifiers')
  assert.deepEqual(
    notifiers.map(({ notifier, delivered, dead }: Json) => [notifier, delivered, dead]),
    [
      ['team', told.length, 0],
      ['mail', 0, dead_letters.length],
    ],
  )
  assert.ok(dead_letters.length > 0)
  assert.deepEqual(await send(app, 'POST', '/notifiers/team/test', {}), { notifier: 'team', delivered: true })
  assert.match(told.at(-1)!, /this is a test/)
  const failed = await send(app, 'POST', '/notifiers/mail/test', {}, 502)
  assert.equal(failed.detail, 'the server refused the address')
  await send(app, 'POST', '/notifiers/pager/test', {}, 404)
  const { id } = dead_letters[0]
  assert.deepEqual(await send(app, 'POST', '/notifiers/retry', { ids: [id] }), { retried: 1 })
  assert.deepEqual(await send(app, 'POST', '/notifiers/retry', {}), { retried: dead_letters.length - 1 })
})

test('a change is heard: its grace says why nothing fires', async () => {
  const { app, desk } = await shop()
  const change = await send(app, 'POST', '/changes', { name: 'v2' }, 201)
  assert.deepEqual([change.name, change.timestamp], ['v2', '2026-01-10T12:00:05.000Z'])
  assert.equal((await desk.watch()).book.lastChange?.name, 'v2')
  const { why } = await ask(app, '/alerts/why?target=authorization')
  assert.deepEqual([why.length, why[0].state], [1, 'quiet'])
  assert.match(why[0].text, /no {3}nothing fires until .*: grace after change "v2"/)
  assert.equal((await ask(app, '/alerts/why?target=nothing', 400)).errors[0].parameter, 'target')
  assert.equal((await ask(app, '/alerts/why')).why.length, 8)
})

test('of a path that is read and written the methods are named', async () => {
  const { app } = await shop()
  const response = await app.request(`${ROOT}/silences`, { method: 'PUT' })
  assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD, POST'])
})

test('a store that is out of reach is told as such, and as an error of its own', async () => {
  const { source } = await alertingShop()
  const seen: unknown[] = []
  const app = api({
    ...source,
    snapshot: () => {
      throw new YardstickError('YS_STORE_FAILED', 'no route to db.internal')
    },
    onError: (error) => seen.push(error),
  })
  const body = await ask(app, '/alerts', 503)
  assert.equal(body.type, 'urn:yardstick:problem:store-unreachable')
  assert.ok(!JSON.stringify(body).includes('internal'))
  assert.equal(seen.length, 1)
})

test('a body that lacks something, or has too much, is told what was expected', async () => {
  const { app } = await shop()
  const bodies: readonly (readonly [body: object, detail: string])[] = [
    [{ by: 'ann', for: '1h' }, 'match: Expected an object, got nothing.'],
    [{ by: 7, for: '1h', match: {} }, 'by: Expected a text, got 7.'],
    [{ by: '', for: '1h', match: {} }, 'by: Expected at least 1 letter, got "".'],
    [
      { by: 'ann', for: '1h', match: { target: ['database'] } },
      'match: Expected only targets, components, severities, policies, alerts, got "target".',
    ],
    [
      { by: 'ann', for: 'soon', match: { targets: 'database', severities: ['BAD'], components: [] } },
      'match.targets: Expected a list, got "database". ' +
        'match.components: Expected at least 1 entry, got a list of 0. ' +
        'match.severities.0: Expected one of WARNING, CRITICAL, got "BAD". ' +
        'for: Expected a duration such as 30min or 2h, got "soon".',
    ],
    [{ by: 'ann', match: {} }, 'until: Expected either until or for, got neither.'],
    [{ by: 'ann', match: {}, for: '99999999999d' }, 'for: Expected at most 3650d, got "99999999999d".'],
    [{ by: 'ann', match: {}, for: '0.5ms' }, 'for: Expected a duration such as 30min or 2h, got "0.5ms".'],
    [
      { by: 'ann', match: {}, from: '9999-12-31T23:59:00Z', for: '1h' },
      'from: Expected a start after which 1h ends before the year 10000; got 9999-12-31T23:59:00Z.',
    ],
    [
      { by: 'ann', match: {}, until: '2026-01-10T12:00:00Z' },
      'until: Expected a time that is to come, and after from; got 2026-01-10T12:00:00.000Z.',
    ],
    [
      { by: 'ann', match: {}, from: '2026-01-10T11:00:00Z', for: '1h' },
      'from: Expected a start after which 1h is not over; got 2026-01-10T11:00:00Z, so it ended at 2026-01-10T12:00:00.000Z.',
    ],
    [
      { by: 'ann', for: '1h', match: { components: ['databse'], targets: ['request'] } },
      'match.components: Expected a component that has a target, got "databse". There are "authentication", ' +
        '"authorization", "database", "cache_l1", "cache_l2", "cache_l3", "request". Did you mean "database"?',
    ],
    [
      { by: 'ann', for: '1h', match: { components: ['database'], targets: ['request'] } },
      'match: Expected something that fits a target, got "request, database". There are "authentication", ' +
        '"authorization", "database", "cache_l1", "cache_l2", "cache_l3", "request", "request GET /admin/**".',
    ],
  ]
  for (const [body, detail] of bodies) {
    assert.equal((await send(app, 'POST', '/silences', body, 400)).detail, detail)
  }
  const maintenance = { by: 'ann', name: 'night', cron: '61 2 * * *', duration: '1h', timeZone: 'Mars' }
  assert.equal(
    (await send(app, 'POST', '/maintenance', maintenance, 400)).detail,
    'cron: Expected minute, hour, day of month, month and day of week such as 30 2 * * MON-FRI, got "61 2 * * *". ' +
      'The body: Expected only by, name, match, from, until, for, cron, duration, time_zone, got "timeZone".',
  )
  const muddled = {
    by: 'ann',
    name: 'x',
    match: { components: ['disk'] },
    cron: '* * * * *',
    time_zone: 'Mars',
  }
  assert.deepEqual(
    (await send(app, 'POST', '/maintenance', muddled, 400)).errors.map(({ parameter }: Json) => parameter),
    ['time_zone', 'cron', 'match.components'],
  )
  assert.equal(
    (await send(app, 'POST', '/maintenance', { by: 'ann', name: 'x', cron: '* * * * *', for: '1h' }, 400))
      .detail,
    'cron: Expected cron and duration, or else until or for; got cron and for.',
  )
})
