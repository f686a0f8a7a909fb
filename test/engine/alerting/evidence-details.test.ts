import assert from 'node:assert/strict'
import { test } from 'node:test'
import { levelsOf, sliceOf } from '../../../contracts/store/figures.ts'
import { evidenceDetails } from '../../../src/engine/alerting/evidence-details.ts'
import { Examples } from '../../../src/engine/examples.ts'
import { Figures } from '../../../src/engine/figures.ts'
import { SeriesBound } from '../../../src/engine/series-bound.ts'
import { groupsOf, targetView } from '../../../src/engine/window-snapshot.ts'
import { defaultTargets } from '../../../src/targets/defaults.ts'
import type { Target } from '../../../src/targets/target.ts'
import { database, START_MS, verdictOf } from '../../alerts/verdicts.ts'

const cache = defaultTargets.find(({ id }) => id === 'cache_l1')!
const query = { ...database, id: 'database SELECT orders', series: 'SELECT orders' }

function figures(): Figures {
  const known = new Figures({
    startMs: START_MS,
    bound: new SeriesBound(500),
    groups: groupsOf([database, query]),
    examples: new Examples(),
    onError: (error) => assert.fail(error as Error),
  })
  const slow = Array<number>(10).fill(100)
  const slices = [
    sliceOf({ okMs: slow }, { name: 'orders_of_user' }),
    // What `orders_of_user` runs is a part of it.
    sliceOf({ okMs: slow }, { name: 'SELECT orders', nested: true }),
    sliceOf({ okMs: [...slow, ...slow, ...slow] }, { name: 'SELECT products' }),
    sliceOf({ okMs: slow, hits: 2, misses: 8 }, { component: 'cache_l1', name: 'get' }),
  ]
  known.read(START_MS + 1000, { slices, levels: levelsOf([]), users: [], inFlight: 0 })
  return known
}

const found = (target: Target) => ({ verdict: verdictOf(target, 2.5), sinceMs: START_MS })

test('the contributors share what the verdict counts: an operation inside another is bad once', () => {
  const known = figures()
  const { contributors } = evidenceDetails(found(database), known, [])
  assert.deepEqual(
    contributors.map(({ series, bad, share }) => [series, bad, share]),
    [
      ['SELECT products', 30, 0.75],
      ['orders_of_user', 10, 0.25],
    ],
  )
  const { counts } = targetView(database, known.windows, '1min')!
  assert.equal(
    counts.total,
    contributors.reduce((sum, { n }) => sum + n, 0),
  )
})

test('a target on the inner series has it as its contributor', () => {
  const { contributors } = evidenceDetails(found(query), figures(), [])
  assert.deepEqual(
    contributors.map(({ series, bad, share }) => [series, bad, share]),
    [['SELECT orders', 10, 1]],
  )
})

test('of lookups those that missed are told, not how long they took', () => {
  const { contributors } = evidenceDetails(found(cache), figures(), [])
  assert.deepEqual(contributors, [{ series: 'get', bad: 8, n: 10, share: 1 }])
})
