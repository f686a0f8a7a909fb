import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVENTS_AFTER } from '../../../src/stores/sqlite/events.ts'
import { Place } from './place.ts'

test('the events of a second are found by their time: how many are kept does not matter', async (context) => {
  const place = await Place.of(context)
  await place.open()
  const plan = place.look<{ readonly detail: string }>(`EXPLAIN QUERY PLAN ${EVENTS_AFTER}`)
  const ways = plan.map(({ detail }) => detail).filter((detail) => / events/.test(detail))
  assert.deepEqual(ways, ['SEARCH events USING INDEX events_by_time (at_ms>? AND at_ms<?)'])
})
