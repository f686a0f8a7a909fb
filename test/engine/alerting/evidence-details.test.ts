import assert from 'node:assert/strict'
import { test } from 'node:test'
import { levelsOf, sliceOf } from '../../../contracts/store/figures.ts'
import { evidenceDetails } from '../../../src/engine/alerting/evidence-details.ts'
import { Examples } from '../../../src/engine/examples.ts'
import { Figures } from '../../../src/engine/figures.ts'
import { SeriesBound } from '../../../src/engine/series-bound.ts'
import { groupsOf, targetView } from '../../../src/engine/window-snapshot.ts'
import { database, START_MS } from '../../alerts/verdicts.ts'

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
  ]
  known.read(START_MS + 1000, { slices, levels: levelsOf([]), users: [], inFlight: 0 })
  return known
}

test('the contributors share what the verdict counts: an operation inside another is bad once', () => {
  const known = figures()
  const { contributors } = evidenceDetails(database, known, [])
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
  const { contributors } = evidenceDetails(query, figures(), [])
  assert.deepEqual(
    contributors.map(({ series, bad, share }) => [series, bad, share]),
    [['SELECT orders', 10, 1]],
  )
})
