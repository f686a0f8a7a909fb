import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '../../src/api/routes.ts'
import { WINDOW_NAMES } from '../../src/measure/window.ts'
import type { Target } from '../../src/targets/target.ts'
import { counted, shopSlices, snapshotOf, sourceOf, TARGETS } from './fixture.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON from outside; the schemas have a test of their own
type Json = any

async function ask(path: string, app = api(sourceOf(snapshotOf(shopSlices())))): Promise<Json> {
  const response = await app.request(`/api/v1/performance${path}`)
  assert.equal(response.status, 200, path)
  assert.equal(response.headers.get('content-type'), 'application/json')
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.equal(response.headers.get('access-control-allow-origin'), null)
  return response.json()
}

test('metrics has the fields of the requirements', async () => {
  const metrics = await ask('/metrics')
  assert.equal(metrics.timestamp, '2026-01-10T12:00:05.000Z')
  assert.equal(metrics.concurrent_users, 150)
  assert.equal(metrics.overall_grade, 'C')
  assert.equal(metrics.prd_compliance.authentication, 99.23)
  assert.equal(metrics.prd_compliance.authorization, 90)
  assert.equal(metrics.prd_compliance.cache_l1, 100)
  assert.equal(metrics.active_alerts_count, 0)
  assert.deepEqual(
    [metrics.window, metrics.from_ms, metrics.to_ms, metrics.in_flight_requests],
    ['5min', Date.UTC(2026, 0, 10, 12), Date.UTC(2026, 0, 10, 12, 0, 5), 7],
  )
})

test('metrics by type has exact counters, percentiles, and the series with most time first', async () => {
  const { request, external } = (await ask('/metrics')).metrics_by_type
  assert.deepEqual([request.n, request.ok, request.failed], [120, 119, 1])
  assert.deepEqual(request.good, [{ limit_ms: 100, good: 110, estimated: false }])
  assert.deepEqual([request.sum_ms, request.min_ms, request.max_ms], [6114.5, 20, 170])
  assert.equal(request.rate_per_second, 24)
  assert.equal(request.error_rate, 0.008333)
  assert.ok(request.min_ms <= request.p50_ms && request.p50_ms <= request.p95_ms)
  assert.ok(request.p95_ms <= request.p99_ms && request.p99_ms <= request.max_ms)
  assert.deepEqual(
    request.series.map((series: Json) => [series.name, series.n]),
    [
      ['GET /users/:id', 100],
      ['POST /login', 20],
    ],
  )
  assert.deepEqual(request.breakdown, {
    own_ms: 1000,
    components: { database: { calls: 120, wall_ms: 2500 } },
  })
  assert.deepEqual([external.target, external.grade, external.mean_ms], [null, null, 33.333])
})

test('not measured is null everywhere, counted apart, and never good', async () => {
  const metrics = await ask('/metrics')
  const { component_health } = await ask('/health')
  const compliance = await ask('/prd-compliance')
  for (const id of ['cache_l2', 'cache_l3', 'request GET /admin/**']) {
    assert.equal(metrics.prd_compliance[id], null)
    const { status, standing, grade, value, ratio, compliance_percentage } = compliance.target_compliance[id]
    assert.deepEqual(
      [status, standing, grade, value, ratio, compliance_percentage],
      ['unknown', 'not_measured', null, null, null, null],
    )
  }
  assert.deepEqual(
    [component_health.cache_l3.grade, component_health.cache_l3.target_compliance],
    [null, null],
  )
  assert.equal(component_health.cache_l2.reason, 'needs 15 more lookups')
  const { n, error_rate, rate_per_second, p95_ms, hit_rate } = metrics.metrics_by_type.cache_l3
  assert.deepEqual([n, error_rate, rate_per_second, p95_ms, hit_rate], [0, null, null, null, null])
  assert.equal(metrics.targets_not_measured, 3)
  assert.equal(compliance.compliance_summary.targets_not_measured, 3)
})

test('with nothing measured at all nothing is claimed', async () => {
  const app = api(sourceOf(snapshotOf([])))
  const metrics = await ask('/metrics', app)
  const health = await ask('/health', app)
  const compliance = await ask('/prd-compliance', app)
  const report = await ask('/report', app)
  assert.equal(metrics.overall_grade, null)
  assert.deepEqual([health.overall_status, health.overall_grade], ['unknown', null])
  assert.equal(compliance.overall_compliance_status, 'unknown')
  assert.equal(compliance.average_compliance_percentage, null)
  assert.deepEqual(compliance.compliance_summary, {
    targets_met: 0,
    targets_close: 0,
    targets_failing: 0,
    targets_not_measured: TARGETS.length,
  })
  assert.deepEqual([report.executive_summary.requests, report.business_impact.user_time_lost], [null, null])
  assert.deepEqual(report.business_impact.operations_out_of_target, {})
})

test('health has the fields of the requirements', async () => {
  const health = await ask('/health')
  assert.equal(health.overall_status, 'critical')
  const { authentication, authorization, database, external } = health.component_health
  assert.deepEqual([authentication.grade, authentication.target_compliance], ['A', 99.23])
  assert.deepEqual([authorization.grade, authorization.target_compliance], ['D', 90])
  assert.deepEqual([database.grade, database.severity], ['F', 'critical'])
  assert.deepEqual([external.status, external.grade], ['no_target', null])
  assert.deepEqual(health.active_alerts, [])
})

test('health is degraded when a target is missed, healthy when none is', async () => {
  const only = (...components: readonly string[]) => {
    const slices = shopSlices().filter(({ component }) => components.includes(component))
    return ask('/health', api(sourceOf(snapshotOf(slices))))
  }
  assert.equal((await only('authentication', 'authorization')).overall_status, 'degraded')
  assert.equal((await only('authentication', 'cache_l1')).overall_status, 'healthy')
  assert.equal((await only('external')).overall_status, 'unknown')
})

test('prd-compliance has the fields of the requirements', async () => {
  const compliance = await ask('/prd-compliance')
  assert.equal(compliance.overall_compliance_status, 'good')
  assert.equal(compliance.overall_grade, 'C')
  assert.equal(compliance.average_compliance_percentage, 86.18)
  assert.deepEqual(compliance.compliance_summary, {
    targets_met: 2,
    targets_close: 1,
    targets_failing: 2,
    targets_not_measured: 3,
  })
  const { authorization } = compliance.target_compliance
  assert.deepEqual(
    [
      authorization.status,
      authorization.standing,
      authorization.severity,
      authorization.limit,
      authorization.unit,
    ],
    ['missed', 'close', 'over_target', 75, 'ms'],
  )
  assert.deepEqual([authorization.value, authorization.ratio, authorization.needed], [79.91, 1.065, 0])
  assert.deepEqual(authorization.budget, { allowed: 0.05, spent: 0.1, burn_rate: 2 })
})

test('report joins the other answers and adds trends, concurrency and impact', async () => {
  const report = await ask('/report')
  assert.equal(report.executive_summary.overall_status, 'critical')
  assert.deepEqual(
    report.executive_summary.missed_targets.map(({ id }: Json) => id),
    ['database', 'request', 'authorization'],
  )
  assert.equal(report.performance_trends.overall.direction, 'improving')
  assert.equal(report.performance_trends.by_target.database, null)
  assert.equal(report.performance_trends.grade_history.length, 12)
  assert.deepEqual(report.concurrent_user_impact.latency_by_in_flight, [
    { in_flight: 1, completed: 80, mean_ms: 22.5 },
    { in_flight: 3, completed: 30, mean_ms: 90 },
    { in_flight: 76, completed: 10, mean_ms: 161.45 },
  ])
  const { operations_out_of_target, user_time_lost } = report.business_impact
  assert.equal(operations_out_of_target.request.out_of_target, 10)
  // 9 requests of 160.5 ms and one of 170 ms against a limit of 100 ms.
  assert.ok(user_time_lost.at_least_ms <= 614.5 && 614.5 <= user_time_lost.at_most_ms)
  assert.deepEqual(report.alert_summary, { active_alerts_count: 0, alerts: [], grace: null })
  assert.deepEqual(report.recommendations, [])
})

test('targets lists every requirement in words and in figures', async () => {
  const { targets, total, default_window } = await ask('/targets')
  assert.deepEqual([total, default_window], [TARGETS.length, '5min'])
  assert.deepEqual(
    targets.map(({ id, requirement }: Json) => `${id}: ${requirement}`),
    [
      'authentication: p95 < 50 ms',
      'authorization: p95 < 75 ms',
      'database: p95 < 25 ms',
      'cache_l1: hit rate > 95 %',
      'cache_l2: hit rate > 95 %',
      'cache_l3: hit rate > 95 %',
      'request: p95 < 100 ms',
      'request GET /admin/**: p99 < 300 ms',
    ],
  )
  assert.deepEqual(targets[0].indicator, { kind: 'latency', percentile: 0.95, limit_ms: 50 })
})

test('self shows who we are and what was dropped', async () => {
  const self = await ask('/self')
  assert.deepEqual([self.service, self.store_id, self.instance], ['shop', 'store-1', 'instance-1'])
  assert.deepEqual(self.dropped, { invalid: 1, negative: 2, clamped: 0, batches: 0, errors: 0 })
  assert.deepEqual(self.port, { state: 'listening', url: 'http://127.0.0.1:9797', reason: null })
})

test('self shows the process that answers, whosever the figures are', async () => {
  const holder = { ...snapshotOf(shopSlices()), instance: 'holder' }
  assert.equal((await ask('/self', api(sourceOf(holder)))).instance, 'instance-1')
})

test('the index links to every endpoint, and each link answers', async () => {
  const app = api(sourceOf(snapshotOf(shopSlices())))
  const { links, default_window, windows } = await ask('', app)
  assert.deepEqual([default_window, windows], ['5min', WINDOW_NAMES])
  assert.equal(Object.keys(links).length, 16)
  for (const link of Object.values<string>(links)) assert.equal((await app.request(link)).status, 200, link)
})

test('every endpoint tells the same figures for the same cycle, in every window', async () => {
  const app = api(sourceOf(snapshotOf(shopSlices())))
  for (const window of WINDOW_NAMES) {
    const [metrics, health, compliance, report] = await Promise.all(
      ['/metrics', '/health', '/prd-compliance', '/report'].map((path) =>
        ask(`${path}?window=${window}`, app),
      ),
    )
    for (const answer of [health, compliance, report]) {
      for (const field of ['timestamp', 'service', 'cycle', 'window', 'from_ms', 'to_ms']) {
        assert.equal(answer[field], metrics[field])
      }
    }
    assert.equal(metrics.window, window)
    const summary = report.executive_summary
    for (const grade of [health.overall_grade, compliance.overall_grade, summary.overall_grade]) {
      assert.equal(grade, metrics.overall_grade)
    }
    assert.equal(summary.overall_status, health.overall_status)
    assert.deepEqual(report.compliance_analysis, {
      overall_compliance_status: compliance.overall_compliance_status,
      average_compliance_percentage: compliance.average_compliance_percentage,
      compliance_summary: compliance.compliance_summary,
      target_compliance: compliance.target_compliance,
    })
    assert.deepEqual(Object.keys(metrics.prd_compliance), Object.keys(compliance.target_compliance))
    for (const [id, entry] of Object.entries<Json>(compliance.target_compliance)) {
      assert.equal(metrics.prd_compliance[id], entry.compliance_percentage)
    }
    for (const [component, entry] of Object.entries<Json>(health.component_health)) {
      const { grade, target } = metrics.metrics_by_type[component]
      assert.deepEqual([entry.grade, entry.target_compliance], [grade, target?.compliance_percentage ?? null])
      if (target !== null) assert.deepEqual(target, compliance.target_compliance[component])
    }
    const { name, ...requests } = metrics.metrics_by_type.request
    for (const field of Object.keys(summary.requests))
      assert.deepEqual(summary.requests[field], requests[field])
  }
})

test('a verdict, its ratio, severity and standing never contradict after rounding', async () => {
  const target: Target = {
    id: 'database',
    component: 'database',
    except: [],
    indicator: { kind: 'latency', percentile: 0.95, limitMs: 25 },
    grades: { a: 15, b: 20, c: 25, d: 50 },
    weight: 1,
  }
  for (let slow = 0; slow <= 60; slow++) {
    const counts = counted(
      [
        { durationMs: 24.9999, times: 1000 - slow },
        { durationMs: 37.4999, times: slow },
      ],
      [25],
    )
    const slices = [{ component: 'database', name: 'q', nested: false, counts }]
    const app = api(sourceOf(snapshotOf(slices, [target]), [target]))
    const { database } = (await ask('/prd-compliance', app)).target_compliance
    assert.equal(database.status === 'met', slow <= 50)
    assert.equal(database.ratio < 1, database.status === 'met')
    assert.equal(database.compliance_percentage >= 95, database.status === 'met')
    assert.equal(database.standing === 'failing', database.ratio >= 1.5)
  }
})

test('names that an attacker chose are data, not structure', async () => {
  const counts = counted([{ durationMs: 1, times: 30 }])
  const slices = [{ component: '__proto__', name: '"}<script>', nested: false, counts }]
  const metrics = await ask('/metrics', api(sourceOf(snapshotOf(slices))))
  assert.equal(Object.getOwnPropertyDescriptor(metrics.metrics_by_type, '__proto__')?.value.n, 30)
})
