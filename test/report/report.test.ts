import assert from 'node:assert/strict'
import { test } from 'node:test'
import { report } from '../../src/report/report.ts'
import { counted, shopSlices, snapshotOf } from '../api/fixture.ts'

const snapshot = snapshotOf(shopSlices())
const window = snapshot.window('5min')

test('the same snapshot gives the same report', () => {
  assert.deepEqual(report(snapshot, window), report(snapshot, window))
})

test('missed targets come worst first, unmeasured ones apart', () => {
  const { missed, notMeasured, status } = report(snapshot, window).summary
  assert.equal(status, 'critical')
  const ratios = missed.map(({ ratio }) => ratio)
  assert.deepEqual(
    ratios,
    ratios.toSorted((one, two) => two - one),
  )
  assert.deepEqual(
    notMeasured.map(({ target }) => target.id),
    ['cache_l2', 'cache_l3', 'request GET /admin/**'],
  )
})

test('a trend takes ten points of that target', () => {
  const { overall, byTarget } = report(snapshot, window).trends
  assert.equal(overall?.direction, 'improving')
  const points = byTarget.map(({ id, trend }) => [id, trend?.points])
  assert.deepEqual(points.slice(0, 3), [
    ['authentication', 12],
    ['authorization', undefined],
    ['database', undefined],
  ])
})

test('latency and throughput are told by requests in flight, as observed', () => {
  const { latency, throughput, series } = report(snapshot, window).concurrency
  assert.deepEqual(
    latency.map(({ inFlight, completed }) => [inFlight, completed]),
    [
      [1, 80],
      [3, 30],
      [76, 10],
    ],
  )
  assert.deepEqual(throughput, [{ inFlight: 1, timeMs: 3000, completed: 80, perSecond: 80 / 3 }])
  assert.deepEqual(
    series.map(({ name }) => name),
    ['GET /users/:id', 'POST /login'],
  )
})

test('only the ten series with the most time are told by requests in flight', () => {
  const many = Array.from({ length: 30 }, (_, i) => ({
    component: 'request',
    name: `GET /${i}`,
    nested: false,
    counts: counted([{ durationMs: i + 1, times: 10, inFlight: 1 }], [100]),
  }))
  const busy = snapshotOf(many)
  const { series } = report(busy, busy.window('1min')).concurrency
  assert.deepEqual(
    series.map(({ name }) => name),
    many
      .slice(-10)
      .reverse()
      .map(({ name }) => name),
  )
})
