import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertOf, evidenceOf, NOON_MS, NOTICES, noticeOf } from '../../contracts/notifier/notices.ts'
import { holdsHostileText, notifierContract } from '../../contracts/notifier.ts'
import { alertsOfFiring, alertsOfNotice, type PostedAlert } from '../../src/notifiers/alertmanager/alerts.ts'
import { openAlertmanager } from '../../src/notifiers/alertmanager.ts'

notifierContract({
  name: 'alertmanager',
  receiver: { kind: 'http', status: 200, body: '' },
  open: ({ port, clock, secrets }) => {
    const login = `${encodeURIComponent(secrets.user)}:${encodeURIComponent(secrets.password)}`
    const url = `http://${login}@127.0.0.1:${port}/${secrets.path}/`
    return openAlertmanager({ url, headers: { 'x-key': secrets.header } }, { name: 'am', clock })
  },
  messages: ({ reason }) => (reason === 'success' ? 0 : 1),
  inert: ({ what, body }) => {
    assert.match(what, /^POST \/CANARY[^/]*\/api\/v2\/alerts$/)
    for (const { labels, annotations, startsAt, endsAt } of JSON.parse(body) as readonly PostedAlert[]) {
      assert.deepEqual(
        Object.keys(labels)
          .filter((name) => name !== 'series')
          .sort(),
        ['alertname', 'component', 'service', 'severity', 'target'],
      )
      for (const text of [...Object.values(labels), ...Object.values(annotations)]) assert.notEqual(text, '')
      assert.ok(Date.parse(endsAt) >= Date.parse(startsAt))
      if (labels.target!.includes('<script>')) holdsHostileText(labels.target!)
    }
  },
  identity: ({ body }) => (JSON.parse(body) as readonly PostedAlert[]).map(({ labels }) => labels),
})

const iso = (atMs: number): string => new Date(atMs).toISOString()

test('fires on for four minutes unless it is refreshed, and ends when it is resolved', () => {
  const [fired] = alertsOfNotice(noticeOf(), NOON_MS)
  assert.deepEqual([fired!.startsAt, fired!.endsAt], [iso(NOON_MS), iso(NOON_MS + 240_000)])
  const laterMs = NOON_MS + 3_600_000
  const firing = { service: 'shop', alerts: [alertOf(), alertOf({ state: 'resolved', resolvedMs: NOON_MS })] }
  const refreshed = alertsOfFiring(firing, laterMs)
  assert.deepEqual(
    refreshed.map(({ labels, startsAt, endsAt }) => [labels, startsAt, endsAt]),
    [[fired!.labels, iso(NOON_MS), iso(laterMs + 240_000)]],
  )
  const [resolved] = alertsOfNotice(NOTICES.resolved!, NOON_MS + 96_000)
  assert.equal(resolved!.endsAt, iso(NOON_MS + 95_000))
})

test('each alert of a notice has a summary of its own, which a refresh does not change', () => {
  const told = alertsOfNotice(NOTICES.beside!, NOON_MS)
  const summaries = told.map(({ annotations }) => annotations.summary)
  assert.deepEqual(summaries, [
    'external: p95 410 ms, limit 250 ms, 1.64 × its limit: WARNING',
    'database: p95 62.4 ms, limit 25 ms, 2.49 × its limit: CRITICAL',
  ])
  const refreshed = alertsOfFiring({ service: 'shop', alerts: NOTICES.beside!.alerts }, NOON_MS + 60_000)
  assert.deepEqual(
    refreshed.map(({ annotations }) => annotations.summary),
    summaries,
  )
})

test('a severity that changed ends the alert that had the other one, and keeps the start', () => {
  const shown = alertsOfNotice(NOTICES.de_escalated!, NOON_MS + 5_000).map(({ labels, startsAt, endsAt }) => [
    labels.severity,
    startsAt,
    endsAt,
  ])
  assert.deepEqual(shown, [
    ['critical', iso(NOON_MS), iso(NOON_MS + 5_000)],
    ['warning', iso(NOON_MS), iso(NOON_MS + 245_000)],
  ])
  const over = alertOf({ state: 'resolved', severity: 'SUCCESS', resolvedMs: NOON_MS + 9_000 })
  const ended = alertsOfNotice(noticeOf({ reason: 'resolved', alerts: [over] }), NOON_MS + 9_500)
  assert.deepEqual(
    ended.map(({ labels, endsAt }) => [labels.severity, endsAt]),
    [
      ['critical', iso(NOON_MS + 9_000)],
      ['warning', iso(NOON_MS + 9_000)],
    ],
    'one that does not say how bad it was ends both',
  )
})

test('both policies of a target are two alerts', () => {
  const alerts = [alertOf(), alertOf({ id: 'b', policy: 'burn_rate' })]
  const names = alertsOfNotice(noticeOf({ alerts }), NOON_MS).map(({ labels }) => labels.alertname)
  assert.deepEqual(names, ['PerformanceTargetMissed', 'PerformanceBudgetBurning'])
})

test('so are policies of a kind', () => {
  const alerts = [alertOf(), alertOf({ id: 'b', policyName: 'slow rise' })]
  const labels = alertsOfNotice(noticeOf({ alerts }), NOON_MS).map((posted) => posted.labels)
  assert.deepEqual(labels, [labels[0], { ...labels[0], policy: 'slow rise' }])
})

test('a severity that changed ends the former alert where the notice came for another one, too', () => {
  const changed = alertOf({ id: 'b', target: 'external', evidence: evidenceOf({ atMs: NOON_MS + 9_000 }) })
  const told = alertsOfNotice(noticeOf({ alerts: [alertOf(), changed] }), NOON_MS + 9_000)
  assert.deepEqual(
    told.map(({ labels, endsAt }) => [labels.target, labels.severity, endsAt]),
    [
      ['database', 'critical', iso(NOON_MS + 249_000)],
      ['external', 'warning', iso(NOON_MS + 9_000)],
      ['external', 'critical', iso(NOON_MS + 249_000)],
    ],
  )
})
