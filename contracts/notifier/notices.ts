import type { Evidence } from '../../src/alerts/evidence.ts'
import type { Notice, NoticeAlert } from '../../src/alerts/notice.ts'

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
  return {
    id: 'n-0193b5-1',
    reason: 'fired',
    summary: 'database is at 2.5 × its limit: CRITICAL',
    service: 'shop',
    atMs: NOON_MS,
    severity: 'CRITICAL',
    alerts: [alertOf()],
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

/** One of every reason and severity, with and without what is optional. */
export const NOTICES: Readonly<Record<string, Notice>> = {
  fired: noticeOf(),
  warning: noticeOf({
    id: 'n-2',
    severity: 'WARNING',
    summary: 'cache_l1 hits 91.2 % of lookups, target > 95 %: WARNING',
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
  burn: noticeOf({
    id: 'n-3',
    summary: 'request burns its error budget 14.9 × too fast: CRITICAL',
    alerts: [
      alertOf({
        id: 'a-3',
        target: 'request',
        component: 'request',
        series: 'GET /admin/**',
        policy: 'burn_rate',
        evidence: evidenceOf({ burn: { long: 14.9, short: 15.2, factor: 14.4, capped: true } }),
        acknowledged: { by: 'Jana', comment: 'looking at it' },
      }),
    ],
  }),
  escalated: noticeOf({ id: 'n-4', reason: 'escalated' }),
  de_escalated: noticeOf({
    id: 'n-5',
    reason: 'de_escalated',
    severity: 'WARNING',
    summary: 'database is at 1.7 × its limit: WARNING',
    alerts: [alertOf({ severity: 'WARNING' })],
  }),
  resolved: noticeOf({
    id: 'n-6',
    reason: 'resolved',
    atMs: NOON_MS + 95_000,
    severity: 'SUCCESS',
    summary: 'database is back under its limit',
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
    summary: 'database meets its target again',
    alerts: [alertOf({ ...resolved, severity: 'SUCCESS' })],
  }),
  repeated: noticeOf({ id: 'n-8', reason: 'repeated', atMs: NOON_MS + 4 * 3_600_000 }),
  stale: noticeOf({ id: 'n-9', reason: 'stale', atMs: NOON_MS + 3_600_000, instanceOnly: true }),
  several: noticeOf({
    id: 'n-10',
    summary: '13 targets are missed: CRITICAL',
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
    summary: '数据库 is at 2.5 × its limit: CRITICAL',
    alerts: [alertOf({ target: 'données – naïve 🐢', component: '数据库', series: 'GET /caf\u00e9/\ud800' })],
  }),
  long: noticeOf({
    id: 'n-13',
    service: 's'.repeat(200),
    summary: '🐢'.repeat(1_000),
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
