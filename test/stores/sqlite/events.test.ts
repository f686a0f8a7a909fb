import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVER, eventOf } from '../../../contracts/store/figures.ts'
import { EVENTS_AFTER } from '../../../src/stores/sqlite/events.ts'
import { Place } from './place.ts'

test('the events of a second are found by their time: how many are kept does not matter', async (context) => {
  const place = await Place.of(context)
  await place.open()
  const plan = place.look<{ readonly detail: string }>(`EXPLAIN QUERY PLAN ${EVENTS_AFTER}`)
  const ways = plan.map(({ detail }) => detail).filter((detail) => / events/.test(detail))
  assert.deepEqual(ways, ['SEARCH events USING INDEX events_by_time (at_ms>? AND at_ms<?)'])
})

test('a long reading of events lets the thread do other things between its pages', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await store.append(
    'shop',
    Array.from({ length: 1_600 }, (_, n) => eventOf(n, n)),
  )
  let turns = 0
  let turning = setImmediate(function turn() {
    turns++
    turning = setImmediate(turn)
  })
  context.after(() => clearImmediate(turning))
  let read = 0
  for await (const _ of store.events('shop', EVER)) read++
  assert.equal(read, 1_600)
  assert.ok(turns >= 3, `${turns} turns`)
})
