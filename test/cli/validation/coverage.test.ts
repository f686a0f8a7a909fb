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

test('a component of the application’s own comes from its calls, whatever it is called', () => {
  for (const component of ['pricing', 'constructor']) {
    const [check] = measuredChecks({}, { target_compliance: { x: { component, n: 0 } } })
    assert.equal(check!.detail, 'nothing recorded in the last hour; it comes from your own calls')
  }
})
