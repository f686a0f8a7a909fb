import type { AlertJson } from '../../src/api/alert-json.ts'
import type { CountsJson } from '../../src/api/counts-json.ts'
import type { VerdictJson } from '../../src/api/verdict-json.ts'
import type { Answers } from '../../src/cli/card/reader.ts'

export const AT_MS: number = Date.UTC(2026, 0, 10, 12, 0, 3)
const SPAN_S = 60

/** Answers of the API for a made-up busy service, in the API's own types. */
export const busy: Required<Answers> = {
  metrics: {
    timestamp: new Date(AT_MS).toISOString(),
    service: 'shop',
    cycle: 4711,
    window: '1min',
    from_ms: AT_MS - 60_000,
    to_ms: AT_MS,
    instance: 'x',
    concurrent_users: 37,
    in_flight_requests: 3,
    overall_grade: 'C',
    overall_reason: 'C: 2.80 of 4 points over 5 of 7 weighted targets, held down from B by the F of database',
    grade_trend: { direction: 'declining', slope_per_hour: -0.4, p_value: 0.01, points: 60 },
    prd_compliance: {},
    targets_not_measured: 2,
    metrics_by_type: {
      authentication: component(
        { n: 1234, p50_ms: 12.1, p95_ms: 38.212, p99_ms: 77, sum_ms: 16_000 },
        {
          jwt_validation: { n: 1200, p50_ms: 0.41, p95_ms: 0.93, p99_ms: 2.2, sum_ms: 560 },
          login: { n: 34, p50_ms: 31, p95_ms: 61.4, p99_ms: 77, sum_ms: 1250.5, failed: 2 },
        },
      ),
      database: component(
        { n: 48_211, p50_ms: 3.1, p95_ms: 61, p99_ms: 180, sum_ms: 402_000, failed: 12 },
        {
          'SELECT orders': { n: 40_000, p50_ms: 3, p95_ms: 66, p99_ms: 190, sum_ms: 390_000, failed: 12 },
          'SELECT users': { n: 8211, p50_ms: 1, p95_ms: 4, p99_ms: 9, sum_ms: 12_000 },
        },
      ),
      cache_l1: component(
        { n: 9000, hits: 8964, misses: 36, p50_ms: 0.01, p95_ms: 0.02, p99_ms: 0.1, sum_ms: 130 },
        {
          get: { n: 9000, hits: 8964, misses: 36, p50_ms: 0.01, p95_ms: 0.02, p99_ms: 0.1, sum_ms: 130 },
        },
      ),
      cache_l2: component(
        { n: 12, hits: 9, misses: 3, p50_ms: 0.4, p95_ms: 1, p99_ms: 1, sum_ms: 6 },
        {
          get: { n: 12, hits: 9, misses: 3, p50_ms: 0.4, p95_ms: 1, p99_ms: 1, sum_ms: 6 },
        },
      ),
      request: {
        ...component(
          { n: 2472, p50_ms: 22, p95_ms: 71, p99_ms: 240, sum_ms: 611_000, failed: 1 },
          {
            'GET /users/:id': { n: 1500, p50_ms: 12, p95_ms: 44, p99_ms: 90, sum_ms: 211_000 },
            'GET /orders/:order/lines/:line/history': {
              n: 972,
              p50_ms: 30,
              p95_ms: 120,
              p99_ms: 300,
              sum_ms: 400_000,
              failed: 1,
            },
          },
        ),
        breakdown: {
          own_ms: 120_000,
          components: {
            database: { calls: 48_211, wall_ms: 380_000 },
            authentication: { calls: 1234, wall_ms: 16_000 },
            cache_l1: { calls: 9000, wall_ms: 130 },
          },
        },
      },
      external: component(
        { n: 3, p50_ms: 80, p95_ms: 91, p99_ms: 91, sum_ms: 250 },
        {
          'GET rates.example': { n: 3, p50_ms: 80, p95_ms: 91, p99_ms: 91, sum_ms: 250 },
        },
      ),
    },
    active_alerts_count: 2,
  },
  compliance: {
    cycle: 4711,
    window: '1min',
    overall_grade: 'C',
    overall_compliance_status: 'good',
    average_compliance_percentage: 93.18,
    compliance_summary: { targets_met: 3, targets_close: 1, targets_failing: 1, targets_not_measured: 2 },
    target_compliance: {
      authentication: latency('authentication', 50, {
        value: 38.212,
        n: 1234,
        grade: 'B',
        grade_range: ['A', 'C'],
      }),
      authorization: unknown('authorization', 0, 20),
      database: latency('database', 25, {
        value: 61,
        n: 48_211,
        grade: 'F',
        grade_range: ['F', 'F'],
        status: 'missed',
      }),
      cache_l1: hitRate('cache_l1', { value: 0.996, n: 9000, grade: 'A', grade_range: ['A', 'A'] }),
      cache_l2: unknown('cache_l2', 12, 8),
      cache_l3: unknown('cache_l3', 0, 20),
      request: latency('request', 100, {
        value: 71,
        n: 2472,
        grade: 'B',
        grade_range: ['A', 'D'],
        low_confidence: true,
      }),
      'request GET /users/:id': latency('request', 45, {
        id: 'request GET /users/:id',
        series: 'GET /users/:id',
        value: 44,
        n: 1500,
        status: 'missed',
        grade: 'D',
        grade_range: ['D', 'D'],
        reason: 'p95 44 ms, but only 94.9 % of 1 500 operations were ok and under 45 ms, 95 % needed',
      }),
    } satisfies Record<string, VerdictJson>,
  },
  self: {
    cycle: 4711,
    version: '0.1.0',
    engine: { cpu_share: 0.0123 },
    series: { used: 14, limit: 500, folded: 0 },
    dropped: { invalid: 0, negative: 0, clamped: 0, batches: 0, errors: 0 },
    store: { name: 'sqlite', state: 'ok', queued: 0, last_error: null },
    recorders: [
      { name: 'http', state: 'attached', detail: null },
      { name: 'express', state: 'attached', detail: null },
      { name: 'express', state: 'attached', detail: null },
      { name: 'koa', state: 'waiting', detail: null },
      { name: 'express', library: 'router', version: '1.3.8', state: 'degraded', detail: 'untried' },
      { name: 'pg', library: 'pg', version: null, state: 'degraded', detail: 'bundled' },
      { name: 'jose', library: 'jose', version: '7.0.0', state: 'degraded', detail: 'untried' },
    ],
  },
  health: {
    cycle: 4711,
    runtime: {
      event_loop_delay: { n: 1200, p50_ms: 0.4, p95_ms: 3.1, p99_ms: 48.25, max_ms: 310 },
      blocked: { n: 2, sum_ms: 520, p50_ms: 210, max_ms: 310, histogram: [] },
      gc: { n: 41, sum_ms: 62.5, max_ms: 14, by_kind: {} },
      requests_understated:
        'Clients wait longer than the percentiles of request say: before a request was seen it had to wait for the ' +
        'event loop, 3.1 ms at its p95 and 48.3 ms at its p99.',
    },
    active_alerts: [
      alert({
        target: 'database',
        severity: 'CRITICAL',
        acknowledged: { by: 'ann', comment: 'the new index is being built', timestamp: '' },
      }),
      alert({ target: 'request GET /users/:id', severity: 'WARNING', duration_ms: 3_900_000 }),
    ],
  },
}

/** The same service before its first request. */
export const quiet: Required<Answers> = {
  metrics: {
    timestamp: new Date(AT_MS).toISOString(),
    service: 'shop',
    cycle: 1,
    window: '1min',
    concurrent_users: 0,
    in_flight_requests: 0,
    overall_grade: null,
    overall_reason: 'nothing measured',
    grade_trend: null,
    metrics_by_type: { request: component({ n: 0 }, {}) },
    active_alerts_count: 0,
  },
  compliance: {
    cycle: 1,
    overall_compliance_status: 'unknown',
    average_compliance_percentage: null,
    compliance_summary: { targets_met: 0, targets_close: 0, targets_failing: 0, targets_not_measured: 2 },
    target_compliance: {
      authentication: unknown('authentication', 0, 20),
      request: unknown('request', 0, 20),
    },
  },
  self: {},
  health: {
    timestamp: new Date(AT_MS).toISOString(),
    active_alerts: [],
    grace: { reason: 'start', name: null, until: new Date(AT_MS + 117_000).toISOString() },
  },
}

function alert(rest: Partial<AlertJson>): AlertJson {
  const instant = new Date(AT_MS - 95_000).toISOString()
  return {
    id: '5f0c2b7de1a94c3b8d21',
    target: 'database',
    component: 'database',
    series: null,
    policy: 'ratio',
    kind: 'ratio',
    status: 'active',
    severity: 'CRITICAL',
    worst_severity: 'CRITICAL',
    since: instant,
    fired: instant,
    resolved: null,
    resolved_by: null,
    duration_ms: 85_000,
    stale: false,
    acknowledged: null,
    silenced: null,
    evidence: {
      ...{ timestamp: instant, since: instant, window: '1min', indicator: 'latency', percentile: 0.95 },
      ...{
        value: 61,
        limit: 25,
        unit: 'ms',
        ratio: 2.44,
        n: 48_211,
        bad: 9_000,
        failed: 0,
        compliance_percentage: 81.3,
      },
      ...{ burn: null, contributors: [], slowest_request: null, last_change: null },
      ...{ in_flight_requests: 3, concurrent_users: 37 },
    },
    ...rest,
  }
}

type Given = Partial<CountsJson> & { readonly n: number }

function component(
  given: Given,
  series: Readonly<Record<string, Given>>,
): CountsJson & { readonly series: unknown } {
  return {
    ...counts(given),
    series: Object.entries(series).map(([name, each]) => ({ name, ...counts(each) })),
  }
}

function counts({ n, failed = 0, hits = 0, misses = 0, ...rest }: Given): CountsJson {
  return {
    n,
    ok: n - failed,
    failed,
    error_rate: n === 0 ? null : failed / n,
    rate_per_second: n / SPAN_S,
    sum_ms: 0,
    mean_ms: null,
    min_ms: null,
    max_ms: null,
    p50_ms: null,
    p95_ms: null,
    p99_ms: null,
    hits,
    misses,
    hit_rate: hits + misses === 0 ? null : hits / (hits + misses),
    good: [],
    ...rest,
  }
}

function latency(component: string, limit: number, rest: Partial<VerdictJson>): VerdictJson {
  return { ...base(component), indicator: 'latency', percentile: 0.95, limit, unit: 'ms', ...rest }
}

function hitRate(component: string, rest: Partial<VerdictJson>): VerdictJson {
  return { ...base(component), indicator: 'hit_rate', percentile: null, limit: 0.95, unit: 'share', ...rest }
}

function base(component: string): Omit<VerdictJson, 'indicator' | 'percentile' | 'limit' | 'unit'> {
  return {
    id: component,
    component,
    series: null,
    status: 'met',
    standing: 'met',
    value: 0,
    ratio: 0.8,
    severity: 'success',
    compliance_percentage: 96.12,
    grade: 'A',
    grade_range: ['A', 'A'],
    low_confidence: false,
    n: 0,
    needed: 0,
    failed: 0,
    estimated: false,
    budget: null,
    reason: '',
  }
}

function unknown(component: string, n: number, needed: number): VerdictJson {
  const about = component.startsWith('cache') ? hitRate(component, {}) : latency(component, 50, {})
  const NULLS = {
    value: null,
    ratio: null,
    severity: null,
    compliance_percentage: null,
    grade: null,
    grade_range: null,
  }
  return {
    ...about,
    ...NULLS,
    low_confidence: null,
    status: 'unknown',
    standing: 'not_measured',
    n,
    needed,
    reason: `needs ${needed} more operations`,
  }
}
