import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { test } from 'node:test'
import { alertOf, NOTICES, noticeOf } from '../../contracts/notifier/notices.ts'
import { holdsHostileText, notifierContract } from '../../contracts/notifier.ts'
import { systemClock } from '../../src/ground/clock.ts'
import { eventsOf, type PagerdutyEvent } from '../../src/notifiers/pagerduty/events.ts'
import { openPagerduty } from '../../src/notifiers/pagerduty.ts'

notifierContract({
  name: 'pagerduty',
  receiver: { kind: 'http', status: 202, body: '{"status":"success"}' },
  open: ({ port, clock, secrets }) => {
    const url = `http://127.0.0.1:${port}/${secrets.path}`
    return openPagerduty({ routingKey: secrets.token, url }, { name: 'pager', clock })
  },
  messages: ({ alerts }) => alerts.length,
  inert: ({ body }) => {
    const event = JSON.parse(body) as PagerdutyEvent & { readonly routing_key: string }
    assert.match(event.routing_key, /^CANARY/)
    assert.match(event.event_action, /^(trigger|acknowledge|resolve)$/)
    assert.match(event.payload.severity, /^(critical|warning|info)$/)
    assert.ok(event.dedup_key.length <= 255)
    assert.ok(event.payload.summary.length <= 1024)
    assert.ok(event.payload.source.length > 0)
    assert.ok(!Number.isNaN(Date.parse(event.payload.timestamp)))
    assert.ok(event.client_url === undefined || event.client_url.startsWith('https://'))
    // Custom details are shown as they are; PagerDuty refuses events over 512 kB.
    assert.ok(Buffer.byteLength(body) < 512 * 1024)
    if (event.payload.component.includes('<script>')) holdsHostileText(event.payload.component)
  },
  identity: ({ body }) => (JSON.parse(body) as PagerdutyEvent).dedup_key,
})

test('an alert keeps its key from trigger to resolve; acknowledged ones are not triggered again without news', () => {
  const acknowledged = alertOf({ acknowledged: { by: 'Jana', comment: 'on it' } })
  const actions = (notice: Parameters<typeof eventsOf>[0]) =>
    eventsOf(notice).map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`)
  assert.deepEqual(actions(noticeOf()), ['trigger a-0193b5'])
  assert.deepEqual(actions(NOTICES.resolved!), ['resolve a-0193b5'])
  assert.deepEqual(actions(NOTICES.success!), ['resolve a-0193b5'])
  assert.deepEqual(actions(NOTICES.repeated!), ['trigger a-0193b5'])
  for (const [reason, action] of [
    ['repeated', 'acknowledge'],
    ['stale', 'acknowledge'],
    ['de_escalated', 'acknowledge'],
    ['escalated', 'trigger'],
  ] as const) {
    assert.deepEqual(actions(noticeOf({ reason, alerts: [acknowledged] })), [`${action} a-0193b5`])
  }
})

test('a test opens an incident of the lowest severity and resolves it', () => {
  const events = eventsOf(noticeOf({ reason: 'test' }))
  assert.deepEqual(
    events.map(({ event_action, payload }) => [event_action, payload.severity]),
    [
      ['trigger', 'info'],
      ['resolve', 'info'],
    ],
  )
})

test('of several events an attempt after one that failed sends what is left', async (t) => {
  const keys: string[] = []
  const server = createServer(async (request, response) => {
    keys.push(((await json(request)) as PagerdutyEvent).dedup_key)
    response.writeHead(keys.length === 2 ? 429 : 202).end()
  })
  t.after(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const pager = await openPagerduty({ routingKey: 'key', url }, { name: 'pager', clock: systemClock })
  const notice = noticeOf({ alerts: ['a', 'b', 'c'].map((id) => alertOf({ id })) })
  const { signal } = new AbortController()
  await assert.rejects(pager.deliver(notice, signal))
  await pager.deliver(notice, signal)
  assert.deepEqual(keys, ['a', 'b', 'b', 'c'])
  await pager.deliver(notice, signal)
  assert.deepEqual(keys.slice(4), ['a', 'b', 'c'], 'one that had got through is sent as a whole')
})
