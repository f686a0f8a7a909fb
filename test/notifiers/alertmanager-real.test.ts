import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpReceiver } from '../../contracts/notifier/http-receiver.ts'
import { alertOf, HOSTILE, noticeOf } from '../../contracts/notifier/notices.ts'
import { until } from '../../contracts/recorder/until.ts'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import type { Notice, NoticeAlert } from '../../src/alerts/notice.ts'
import { Delivery } from '../../src/engine/delivery.ts'
import { openAlertmanager } from '../../src/notifiers/alertmanager.ts'
import { AlertmanagerProcess, noAlertmanager } from './alertmanager-process.ts'

interface Told {
  readonly status: string
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[]
}

test("Debian's Alertmanager accepts, groups, silences, keeps and resolves our alerts", {
  skip: noAlertmanager,
}, async (t) => {
  const hook = await httpReceiver({ status: 200, body: '' })
  t.after(() => hook.close())
  await using manager = await AlertmanagerProcess.start(`http://127.0.0.1:${hook.port}/hook`)
  // It compares with its own clock.
  const startMs = Date.now()
  const clock = new SteppedClock(startMs)
  const notifier = await openAlertmanager({ url: `${manager.url}/` }, { name: 'am', clock })
  const delivery = new Delivery({ clock, notifiers: [notifier] })
  const send = async (with_: Partial<Notice>): Promise<void> => {
    delivery.push('am', noticeOf(with_))
    delivery.drain()
    await delivery.settled()
    assert.equal(delivery.state[0]!.lastError, undefined)
  }
  const told = (): readonly Told[] => hook.received.map(({ body }) => JSON.parse(body) as Told)
  const alert = (target: string, with_: Partial<NoticeAlert> = {}): NoticeAlert =>
    alertOf({ id: target, target, component: target, firedMs: startMs, severity: 'WARNING', ...with_ })
  const states = async (): Promise<readonly string[]> =>
    (await manager.alerts())
      .map(({ labels, status }) => `${labels.target} ${labels.severity} ${status.state}`)
      .sort()

  // Accepts and groups: three alerts of a service, one of them with names that mean something elsewhere, one message.
  const hostile = alert(HOSTILE)
  await send({ id: '1', severity: 'WARNING', alerts: [alert('database'), alert('request'), hostile] })
  const accepted = await states()
  assert.equal(accepted.length, 3)
  assert.deepEqual(accepted.slice(1), ['database warning active', 'request warning active'])
  await until('it has told people', () => told().length === 1, 20_000)
  assert.deepEqual([told()[0]!.status, told()[0]!.alerts.length], ['firing', 3])
  const [seen] = await manager.alerts('?filter=target%3D%22database%22')
  assert.match(seen!.annotations.description!, /p95 62\.4 ms, limit 25 ms: 2\.49 ×/)

  // Escalates: the alert with the former severity ends.
  await send({ id: '2', reason: 'escalated', alerts: [alert('database', { severity: 'CRITICAL' })] })
  assert.deepEqual((await states()).slice(1), ['database critical active', 'request warning active'])

  // Silences by our labels.
  const matchers = [
    { name: 'service', value: 'shop', isRegex: false, isEqual: true },
    { name: 'target', value: 'request', isRegex: false, isEqual: true },
  ]
  const span = {
    startsAt: new Date(Date.now()).toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  }
  await manager.post('/api/v2/silences', { matchers, ...span, createdBy: 'Jana', comment: 'known' })
  assert.ok((await states()).includes('request warning suppressed'))

  // Keeps: each refresh moves the end on.
  const [before] = await manager.alerts('?filter=target%3D%22database%22')
  delivery.firing(() => ({ service: 'shop', alerts: [alert('database', { severity: 'CRITICAL' })] }))
  clock.step(60_000)
  delivery.drain()
  await delivery.settled()
  const [kept] = await manager.alerts('?filter=target%3D%22database%22')
  assert.equal(Date.parse(kept!.endsAt) - Date.parse(before!.endsAt), 60_000)
  assert.equal(kept!.startsAt, before!.startsAt)
  delivery.firing(() => ({ service: 'shop', alerts: [] }))

  // Resolves: gone from its list, and told.
  const resolvedMs = Date.now()
  const over = (each: NoticeAlert): NoticeAlert => ({ ...each, state: 'resolved', resolvedMs })
  await send({
    id: '3',
    reason: 'resolved',
    severity: 'SUCCESS',
    alerts: [over(alert('database', { severity: 'CRITICAL' })), over(alert('request')), over(hostile)],
  })
  assert.deepEqual(await states(), [])
  await until('it has told that it is over', () => told().at(-1)!.status === 'resolved', 20_000)
  const resolved = told()
    .at(-1)!
    .alerts.map(({ labels }) => labels.target)
  assert.ok(resolved.includes('database') && !resolved.includes('request'), 'silenced ones stay silent')

  // A test shows up under a name of its own.
  await delivery.test('am', { service: 'shop' })
  assert.deepEqual(
    (await manager.alerts()).map(({ labels }) => labels.alertname),
    ['YardstickTest'],
  )
})
