import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LatencyStand, shortfall } from '../../src/targets/shortfall.ts'

const stand = (with_: Partial<LatencyStand>): LatencyStand => ({
  ...{ percentile: 0.95, limitMs: 100, valueMs: 82.4, ratio: 3.63, n: 446, bad: 84, failed: 81 },
  ...with_,
})

test('where failures are the reason, the share that was good is told, not the percentile', () => {
  assert.deepEqual(shortfall(stand({})), {
    found: 'only 81.1 % ok and under 100 ms',
    needed: '95 % needed, 81 failed',
    ofFailures: true,
  })
  assert.ok(shortfall(stand({ valueMs: 120 })), 'a percentile 1.2 times over does not explain 3.63 times')
})

test('slow and failed ones together miss a target that neither misses: the ratio is nobody’s', () => {
  const short = shortfall(stand({ valueMs: 99, ratio: 1, n: 1_000, bad: 51, failed: 30 }))
  assert.deepEqual(short, {
    found: 'only 94.9 % ok and under 100 ms',
    needed: '95 % needed, 30 failed',
    ofFailures: false,
  })
})

test('a percentile that explains the ratio is told, however the API rounds', () => {
  assert.equal(shortfall(stand({ valueMs: 363, ratio: 3.63 })), undefined)
  assert.equal(shortfall(stand({ limitMs: 0.3, valueMs: 0.725, ratio: 2.418 })), undefined)
  assert.equal(shortfall(stand({ valueMs: 82.4, ratio: 0.824 })), undefined, 'met')
  assert.equal(shortfall(stand({ n: 0, bad: 0 })), undefined, 'nothing measured')
})

test('an older Yardstick kept no failures', () => {
  assert.equal(shortfall(stand({ failed: undefined }))?.needed, '95 % needed')
})
