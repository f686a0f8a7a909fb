import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Errand, MIX, schedule } from '../../../examples/shop/schedule.ts'

test('the mix is a whole', () => {
  assert.equal(
    Object.values(MIX).reduce((sum, share) => sum + share, 0),
    100,
  )
})

test('arrivals come in order and within the time, the same for the same seed', () => {
  fc.assert(
    fc.property(
      fc.record({
        ratePerS: fc.double({ min: 0.5, max: 500, noNaN: true }),
        seconds: fc.double({ min: 0.1, max: 20, noNaN: true }),
        seed: fc.nat(),
      }),
      (options) => {
        const arrivals = [...schedule(options)]
        let lastMs = 0
        for (const { atMs } of arrivals) {
          assert.ok(atMs >= lastMs && atMs < options.seconds * 1_000)
          lastMs = atMs
        }
        assert.deepEqual([...schedule(options)], arrivals)
      },
    ),
    { numRuns: 50 },
  )
})

test('rate and mix are as asked for', () => {
  const arrivals = [...schedule({ ratePerS: 100, seconds: 1_000, seed: 5 })]
  // A Poisson count of 100 000 has a standard deviation of 316.
  assert.ok(Math.abs(arrivals.length - 100_000) < 4 * 316, String(arrivals.length))
  for (const [errand, percent] of Object.entries(MIX) as [Errand, number][]) {
    const share = arrivals.filter((arrival) => arrival.errand === errand).length / arrivals.length
    assert.ok(Math.abs(share - percent / 100) < 0.01, `${errand}: ${share}`)
  }
})
