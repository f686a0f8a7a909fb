import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measuredChecks } from '../../../src/cli/validation/coverage.ts'

test('a target on a route is told that a plain server has none, not where figures of requests come from', () => {
  const compliance = {
    target_compliance: { checkout: { component: 'request', series: 'POST /orders', n: 0 } },
  }
  const detailOf = (name: string) => {
    const request = { n: 3, series: [{ name, n: 3 }] }
    const checks = measuredChecks({ metrics_by_type: { request } }, compliance)
    return checks.find(({ what }) => what === 'checkout is not measured')!.detail
  }
  assert.match(
    detailOf('GET (no route)'),
    /^no request had a route, .* in a plain server track the work itself/,
  )
  assert.match(detailOf('GET /orders'), /^nothing recorded in the last hour; it comes from an HTTP server/)
})

test('a target that fits none of the series there are is told which these are', () => {
  const target = { component: 'request', series: 'GET /typo/:id', percentile: 0.95, n: 0 }
  const compliance = { target_compliance: { x: target } }
  const detailOf = (names: readonly string[]) => {
    const request = { n: 3, series: names.map((name) => ({ name, n: 3 })) }
    return measuredChecks({ metrics_by_type: { request } }, compliance).at(-1)!.detail
  }
  const fits = 'nothing that was recorded in the last hour fits "GET /typo/:id"'
  assert.equal(detailOf(['GET /notes/:id', 'POST /notes']), `${fits}: GET /notes/:id, POST /notes`)
  assert.equal(detailOf(['POST /notes', 'GET /type/:id']), `${fits}; did you mean "GET /type/:id"?`)
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  assert.equal(detailOf(many), `${fits}: a, b, c, d, e and 2 more`)
  assert.match(detailOf([]), /^nothing recorded in the last hour; it comes from an HTTP server/)
})

test('a cache that was only written to, or only deleted from, is told that nothing of it was a read', () => {
  const compliance = {
    target_compliance: { near: { component: 'cache_l1', series: null, percentile: null, n: 0 } },
  }
  const near = { n: 7, series: [{ name: 'set', n: 7 }] }
  const detail = (metrics: object) => measuredChecks({ metrics_by_type: metrics }, compliance).at(-1)!.detail
  assert.match(detail({ cache_l1: near }), /^none of its 7 operations said whether it hit/)
  assert.match(detail({}), /^nothing recorded in the last hour; it comes from lru-cache/)
})

test('a component of the application’s own comes from its calls, whatever it is called', () => {
  for (const component of ['pricing', 'constructor']) {
    const [check] = measuredChecks({}, { target_compliance: { x: { component, n: 0 } } })
    assert.equal(check!.detail, 'nothing recorded in the last hour; it comes from your own calls')
  }
})
