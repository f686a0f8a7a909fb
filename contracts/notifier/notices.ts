import type { Evidence } from '../../src/alerts/evidence.ts'
import type { Notice, NoticeAlert } from '../../src/alerts/notice.ts'
import { headlineOf } from '../../src/alerts/notice-text.ts'

export const NOON_MS: number = Date.UTC(2026, 0, 15, 12)

/** Names that mean something in one medium or another. They came from routes, queries and comments, so anybody's. */
export const HOSTILE =
  '<script>document.title="owned"</script> <!channel> *bold* _it_ ~st~ `co` | [a](http://evil.example) &amp; "q" \'s\' \r\nBcc: evil@evil.example\u2028x\u202Egnp'

const ALERTS_URL = 'https://perf.shop.example/api/v1/performance/alerts'

export function evidenceOf(with_: Partial<Evidence> = {}): Evidence {
  return {
    atMs: NOON_MS,
    sinceMs: NOON_MS - 12_000,
    window: '1min',
    indicator: { kind: 'latency', percentile: 0.95, limitMs: 25, valueMs: 62.4 },
    ratio: 2.496,
    n: 18_240,
    bad: 7_080,
    compliance: 61.2,
    contributors: [
      { series: 'user_lookup', bad: 5_310, n: 6_000, share: 0.75, p95Ms: 81.2 },
      { series: 'SELECT orders WHERE customer = ?', bad: 1_770, n: 3_100, share: 0.25, p95Ms: 44 },
    ],
    slowest: {
      atMs: NOON_MS - 3_000,
      series: 'GET /users/:id/orders',
      durationMs: 412,
      failed: false,
      breakdown: [
        { component: 'database', calls: 12, wallMs: 371 },
        { component: 'cache_l2', calls: 2, wallMs: 9.5 },
      ],
      ownMs: 31.5,
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    },
    lastChange: { atMs: NOON_MS - 250_000, name: 'deploy 2026.1.15-3' },
    inFlight: 14,
    users: 230,
    ...with_,
  }
}

export function alertOf(with_: Partial<NoticeAlert> = {}): NoticeAlert {
  return {
    id: 'a-0193b5',
    target: 'database',
    component: 'database',
    policy: 'ratio',
    state: 'firing',
    severity: 'CRITICAL',
    firedMs: NOON_MS,
    evidence: evidenceOf(),
    url: `${ALERTS_URL}/a-0193b5`,
    ...with_,
  }
}

export function noticeOf(with_: Partial<Notice> = {}): Notice {
  const { reason = 'fired', alerts = [alertOf()], atMs = NOON_MS } = with_
  return {
    id: 'n-0193b5-1',
    reason,
    ...headlineOf(reason, alerts, { atMs }),
    service: 'shop',
    atMs,
    severity: 'CRITICAL',
    alerts,
    group: 'shop',
    url: `${ALERTS_URL}/a-0193b5`,
    ...with_,
  }
}

const resolved = {
  state: 'resolved',
  severity: 'WARNING',
  resolvedMs: NOON_MS + 95_000,
} as const

const external = alertOf({
  id: 'a-14',
  target: 'external',
  component: 'external',
  severity: 'WARNING',
  evidence: evidenceOf({
    indicator: { kind: 'latency', percentile: 0.95, limitMs: 250, valueMs: 410 },
    ratio: 1.64,
  }),
})

const over = { ...external, ...resolved }

/** One of every reason and severity, with and without what is optional. */
export const NOTICES: Readonly<Record<string, Notice>> = {
  fired: noticeOf(),
  warning: noticeOf({
    id: 'n-2',
    severity: 'WARNING',
    alerts: [
      alertOf({
        id: 'a-2',
        target: 'cache_l1',
        component: 'cache_l1',
        severity: 'WARNING',
        evidence: {
          atMs: NOON_MS,
          sinceMs: NOON_MS - 10_000,
          window: '1min',
          indicator: { kind: 'hit_rate', share: 0.95, value: 0.912 },
          ratio: 1.76,
          n: 40_000,
          bad: 3_520,
          compliance: 91.2,
          contributors: [],
          inFlight: 1,
          users: 1,
        },
      }),
    ],
  }),
  failing: noticeOf({
    id: 'n-15',
    alerts: [
      alertOf({
        id: 'a-15',
        target: 'request',
        component: 'request',
        evidence: evidenceOf({
          indicator: { kind: 'latency', percentile: 0.95, limitMs: 100, valueMs: 82.4 },
          ratio: 3.63,
          n: 18_240,
          bad: 3_430,
          failed: 3_310,
          compliance: 81.19,
        }),
      }),
    ],
  }),
  burn: noticeOf({
    id: 'n-3',
    alerts: [
      alertOf({
        id: 'a-3',
        target: 'request',
        component: 'request',
        series: 'GET /admin/**',
        policy: 'burn_rate',
        evidence: evidenceOf({
          burn: {
            long: 14.9,
            short: 15.2,
            factor: 14.4,
            capped: true,
            longMs: 3_600_000,
            shortMs: 300_000,
          },
        }),
        acknowledged: { by: 'Jana', comment: 'looking at it' },
      }),
    ],
  }),
  escalated: noticeOf({ id: 'n-4', reason: 'escalated' }),
  de_escalated: noticeOf({
    id: 'n-5',
    reason: 'de_escalated',
    severity: 'WARNING',
    alerts: [alertOf({ severity: 'WARNING' })],
  }),
  resolved: noticeOf({
    id: 'n-6',
    reason: 'resolved',
    atMs: NOON_MS + 95_000,
    severity: 'SUCCESS',
    alerts: [
      alertOf({
        ...resolved,
        evidence: evidenceOf({
          ratio: 0.82,
          indicator: { kind: 'latency', percentile: 0.95, limitMs: 25, valueMs: 20.5 },
        }),
      }),
    ],
  }),
  success: noticeOf({
    id: 'n-7',
    reason: 'success',
    atMs: NOON_MS + 99_000,
    severity: 'SUCCESS',
    alerts: [alertOf({ ...resolved, severity: 'SUCCESS' })],
  }),
  repeated: noticeOf({ id: 'n-8', reason: 'repeated', atMs: NOON_MS + 4 * 3_600_000 }),
  stale: noticeOf({ id: 'n-9', reason: 'stale', atMs: NOON_MS + 3_600_000, instanceOnly: true }),
  /** A new WARNING in a group in which something worse fires already. */
  beside: noticeOf({
    id: 'n-14',
    ...headlineOf('fired', [external], { atMs: NOON_MS, others: 1 }),
    alerts: [
      external,
      alertOf({
        firedMs: NOON_MS - 600_000,
        evidence: evidenceOf({
          ...{ atMs: NOON_MS - 600_000, sinceMs: NOON_MS - 610_000 },
          lastChange: { atMs: NOON_MS - 850_000, name: 'deploy 2026.1.15-2' },
        }),
      }),
    ],
  }),
  /** One alert of a group is over, another fires on. */
  resolved_beside: noticeOf({
    id: 'n-15',
    reason: 'resolved',
    ...headlineOf('resolved', [over], { atMs: over.resolvedMs, others: 1 }),
    atMs: over.resolvedMs,
    alerts: [over, alertOf()],
  }),
  several: noticeOf({
    id: 'n-10',
    alerts: Array.from({ length: 13 }, (_, i) =>
      alertOf({
        id: `a-${i}`,
        target: `target ${i}`,
        severity: i % 2 === 0 ? 'CRITICAL' : 'WARNING',
      }),
    ),
  }),
  hostile: noticeOf({
    id: HOSTILE,
    summary: HOSTILE,
    title: HOSTILE,
    service: HOSTILE,
    group: HOSTILE,
    url: 'javascript:alert(1)',
    alerts: [
      alertOf({
        target: HOSTILE,
        url: 'javascript:alert(1)',
        component: HOSTILE,
        series: HOSTILE,
        acknowledged: { by: HOSTILE, comment: HOSTILE },
        evidence: evidenceOf({
          window: HOSTILE,
          contributors: [{ series: HOSTILE, bad: 1, n: 2, share: 1 }],
          slowest: {
            atMs: NOON_MS,
            series: HOSTILE,
            durationMs: 100,
            failed: true,
            breakdown: [{ component: HOSTILE, calls: 1, wallMs: 60 }],
            ownMs: 40,
            traceId: HOSTILE,
          },
          lastChange: { atMs: NOON_MS - 1, name: HOSTILE },
        }),
      }),
    ],
  }),
  unicode: noticeOf({
    id: 'n-12',
    service: 'lädeli 🐢',
    alerts: [alertOf({ target: 'données – naïve 🐢', component: '数据库', series: 'GET /caf\u00e9/\ud800' })],
  }),
  long: noticeOf({
    id: 'n-13',
    service: 's'.repeat(200),
    summary: '🐢'.repeat(1_000),
    title: '🐢'.repeat(1_000),
    alerts: [
      alertOf({
        target: 't'.repeat(5_000),
        evidence: evidenceOf({
          contributors: Array.from({ length: 5 }, (_, i) => ({
            series: `${i}${'/x'.repeat(3_000)}`,
            bad: 1,
            n: 5,
            share: 0.2,
          })),
        }),
      }),
    ],
  }),
}
