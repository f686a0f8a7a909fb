import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertOf, evidenceOf, NOON_MS, NOTICES, noticeOf } from '../../contracts/notifier/notices.ts'
import { glanceText } from '../../src/notifiers/alert-description.ts'
import { badgeText, describe } from '../../src/notifiers/description.ts'

const glance = (with_: Parameters<typeof evidenceOf>[0]): string => {
  const notice = noticeOf({ alerts: [alertOf({ evidence: evidenceOf(with_) })] })
  return glanceText(describe(notice).alerts[0]!)
}

test('the badge is of what the title tells; what is worse in its group has one of its own', () => {
  const badges = Object.fromEntries(
    ['fired', 'escalated', 'beside', 'resolved', 'resolved_beside', 'success'].map((name) => {
      const described = describe(NOTICES[name]!)
      return [name, [badgeText(described), described.tone]]
    }),
  )
  assert.deepEqual(badges, {
    fired: ['CRITICAL', 'critical'],
    escalated: ['CRITICAL', 'critical'],
    beside: ['WARNING, group: CRITICAL', 'critical'],
    resolved: ['RESOLVED', 'good'],
    resolved_beside: ['RESOLVED, group: CRITICAL', 'critical'],
    success: ['SUCCESS', 'good'],
  })
  assert.equal(
    describe(NOTICES.beside!).title,
    'shop: external: p95 410 ms, limit 250 ms, 1.64 × its limit (1 other still fires)',
  )
})

test('an end says who made it, and whether the target is still over its limit', () => {
  const ended = (ratio: number, with_: Parameters<typeof alertOf>[0] = {}): readonly string[] => {
    const indicator = { kind: 'latency', percentile: 0.95, limitMs: 25, valueMs: 25 * ratio } as const
    const evidence = evidenceOf({ indicator, ratio })
    const over = { state: 'resolved', firedMs: NOON_MS - 180_000, resolvedMs: NOON_MS, evidence } as const
    const notice = noticeOf({
      reason: 'resolved',
      severity: 'SUCCESS',
      alerts: [alertOf({ ...over, ...with_ })],
    })
    const { title, reason, tone, alerts } = describe(notice)
    return [title, reason, tone, alerts[0]!.rows.find(({ label }) => label === 'Until')!.text]
  }
  const until = '2026-01-15 12:00:00 UTC, fired for 3 min'
  const byZoe = { resolvedBy: 'zoe' }
  assert.deepEqual(ended(4.29, byZoe), [
    'shop: database: resolved by zoe after 3 min; still p95 107 ms, limit 25 ms, 4.29 × its limit',
    'It no longer alerts, but is still over its limit.',
    'neutral',
    `${until}, resolved by zoe`,
  ])
  assert.deepEqual(ended(0.5, byZoe), [
    'shop: database: resolved by zoe after 3 min; p95 12.5 ms, limit 25 ms, 0.5 × its limit',
    'It no longer alerts.',
    'good',
    `${until}, resolved by zoe`,
  ])
  assert.deepEqual(ended(1.07), [
    'shop: database: resolved after 3 min; still p95 26.8 ms, limit 25 ms, 1.07 × its limit',
    'It no longer alerts, but is still over its limit.',
    'neutral',
    until,
  ])
  assert.deepEqual(ended(0.5).slice(1), ['It is over.', 'good', until])
  // What was measured long before its end says nothing of it.
  assert.equal(ended(4.29, { resolvedMs: NOON_MS + 60_000, ...byZoe })[1], 'It no longer alerts.')
  const burn = { long: 2, short: 3, factor: 6, capped: false }
  assert.equal(ended(1.2, { policy: 'burn_rate', evidence: evidenceOf({ burn }) })[1], 'It is over.')
})

test('an alert by burn rate says so wherever it is named, with the figures of its rule first', () => {
  const { title, alerts } = describe(NOTICES.burn!)
  assert.match(title, /^shop: request \(burn rate\): burns its error budget 14\.9 × too fast/)
  const [alert] = alerts
  assert.equal(alert!.name, 'request (burn rate)')
  assert.equal(glanceText(alert!), 'burn rate 14.9 ×, limit 14.4 ×')
  const indicator = alert!.rows.find(({ label }) => label === 'Indicator')
  assert.equal(indicator!.text, 'p95 62.4 ms, limit 25 ms: 2.49 ×')
  const stale = noticeOf({ reason: 'stale', alerts: NOTICES.burn!.alerts })
  assert.match(describe(stale).title, /^shop: request \(burn rate\): CRITICAL, and nothing was measured/)
})

test('a figure never reads as a threshold that it did not reach', () => {
  assert.match(glance({ ratio: 1.996 }), /: 1\.99 ×$/)
  assert.match(glance({ ratio: 2 }), /: 2 ×$/)
  assert.match(glance({ ratio: 1.15 }), /: 1\.15 ×$/)
  const slow = { kind: 'latency', percentile: 0.95, limitMs: 25, valueMs: 25 * 14.99 } as const
  assert.match(glance({ indicator: slow, ratio: 14.99 }), /: 14\.9 ×$/)
  const hits = { kind: 'hit_rate', share: 0.9995, value: 0.99949 } as const
  assert.match(glance({ indicator: hits }), /^hit rate 99\.94 %, target > 99\.95 %/)
  const { title } = describe(noticeOf({ alerts: [alertOf({ evidence: evidenceOf({ indicator: hits }) })] }))
  assert.match(title, /hit rate 99\.94 %, limit 99\.95 %/)
})

test('a hit rate is told in lookups, its compliance in time, and the same figure everywhere', () => {
  const indicator = { kind: 'hit_rate', share: 0.95, value: 0.0275 } as const
  const contributors = [{ series: 'get', bad: 389, n: 400, share: 1 }]
  const evidence = evidenceOf({ indicator, ratio: 19.45, n: 400, bad: 389, compliance: 0, contributors })
  const { title, alerts } = describe(noticeOf({ alerts: [alertOf({ evidence })] }))
  const [{ value, rows, contributors: worst }] = alerts as [(typeof alerts)[number]]
  assert.match(title, /hit rate 2\.75 %, limit 95 %/)
  assert.equal(value, 'hit rate 2.75 %')
  assert.equal(
    rows.find(({ label }) => label === 'Within target')!.text,
    '0 % of the time; 389 of 400 lookups missed',
  )
  assert.equal(worst[0]!.text, '100 % of all misses: 389 of 400')
})

test('a notice that an older Yardstick stored has its summary as its title', () => {
  const { title: _, ...stored } = noticeOf({ atMs: NOON_MS })
  assert.match(describe(stored).title, /2\.49 × its limit: CRITICAL$/)
})

test('a series without a name that can be seen is called so', () => {
  const { contributors, slowest } = evidenceOf()
  const evidence = evidenceOf({
    contributors: [{ ...contributors[0]!, series: '' }],
    slowest: { ...slowest!, series: '\n' },
  })
  const [alert] = describe(noticeOf({ alerts: [alertOf({ evidence })] })).alerts
  assert.deepEqual([alert!.contributors[0]!.series, alert!.slowest!.series], ['(unnamed)', '(unnamed)'])
})
