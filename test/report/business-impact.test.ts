import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { onGrid } from '../../src/measure/bucket.ts'
import type { Counts } from '../../src/measure/counts.ts'
import type { WindowView } from '../../src/measure/window.ts'
import { businessImpact, excess } from '../../src/report/business-impact.ts'
import { defaultTargets } from '../../src/targets/defaults.ts'
import { judge } from '../../src/targets/judge.ts'
import { counted } from '../api/fixture.ts'

const request = defaultTargets.find(({ id }) => id === 'request')!

/** A window with nothing in its slots. */
function seen(counts: Counts): WindowView {
  return { counts, slots: [], since: () => assert.fail('nobody looks back here') }
}

test('the time lost beyond a limit always lies between the two figures', () => {
  const durations = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(durations, fc.integer({ min: 1, max: 4000 }), (durationsMs, limitMs) => {
      const { atLeastMs, atMostMs } = excess(
        counted(durationsMs.map((durationMs) => ({ durationMs }))),
        limitMs,
      )
      const exactMs = durationsMs.reduce(
        (sum, durationMs) => sum + Math.max(0, onGrid(durationMs) - limitMs),
        0,
      )
      assert.ok(
        atLeastMs <= exactMs + 1e-6 && exactMs <= atMostMs + 1e-6,
        `${atLeastMs} ${exactMs} ${atMostMs}`,
      )
      // Buckets are 1.1 % wide, and only operations that may lie beyond the limit are unsure.
      const beyondMs = durationsMs.filter((ms) => ms > limitMs / 1.011).reduce((sum, ms) => sum + ms, 0)
      assert.ok(atMostMs - atLeastMs <= 0.011 * beyondMs + 1e-6)
    }),
  )
})

test('operations out of target are those that the verdict counted, to the last one', () => {
  fc.assert(
    fc.property(fc.nat(2_000_000), fc.nat(2_000_000), fc.nat(1000), (fast, slow, failed) => {
      fc.pre(fast + slow + failed >= 20)
      const counts = counted(
        [
          { durationMs: 10, times: fast },
          { durationMs: 150, times: slow },
          { durationMs: 1, times: failed, failed: true },
        ],
        [100],
      )
      const { operations } = businessImpact([judge(request, seen(counts))], counts)
      const n = fast + slow + failed
      assert.deepEqual(operations, [
        { id: 'request', limitMs: 100, n, outOfTarget: slow + failed, estimated: false },
      ])
    }),
  )
})

test('time lost is not claimed where the target sees only some requests, or too few', () => {
  const all = counted([{ durationMs: 150, times: 30 }], [100])
  const some = counted([{ durationMs: 150, times: 25 }], [100])
  assert.ok(businessImpact([judge(request, seen(all))], all).userTimeLost !== undefined)
  assert.equal(businessImpact([judge(request, seen(some))], all).userTimeLost, undefined)
  assert.equal(businessImpact([judge(request, undefined)], undefined).userTimeLost, undefined)
  const few = counted([{ durationMs: 150, times: 5 }], [100])
  assert.equal(businessImpact([judge(request, seen(few))], few).userTimeLost, undefined)
})
