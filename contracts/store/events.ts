import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchOf, EVER, eventOf, eventsIn } from './figures.ts'
import { type At, HOUR_MS, NOON_MS } from './stage.ts'

/** Events come back in order, each once. */
export function eventTests(at: At): void {
  test('events come back in order of time, by service, by span', () =>
    at(async ({ handle }) => {
      const store = await handle()
      const event = (afterMs: number, data: unknown, kind = 'grade') =>
        eventOf(NOON_MS + afterMs, data, { kind })
      const late = event(3_000, { overall: null, byTarget: { 'p95 🐢': 4 } })
      const early = [event(1_000, 'first'), event(1_000.5, [1, 2.5, null]), event(1_000.5, true, 'change')]
      await store.save(batchOf(NOON_MS + 3_000, { flush: 2, events: [late] }))
      await store.save(batchOf(NOON_MS + 1_000, { flush: 1, events: early }))
      await store.save(batchOf(NOON_MS + 1_000, { service: 'billing', events: [event(1_000, 'other')] }))
      assert.deepEqual(await eventsIn(store), [...early, late])
      const span = { fromMs: NOON_MS + 1_000, toMs: NOON_MS + 3_000 }
      assert.deepEqual(await eventsIn(store, 'shop', span), [...early.slice(1), late])
      assert.deepEqual(await eventsIn(store, 'billing'), [event(1_000, 'other')])
      assert.deepEqual(await eventsIn(store, 'nobody'), [])
    }))

  test('more events than fit in one reading are all read, once', () =>
    at(async ({ handle }) => {
      const store = await handle()
      const events = Array.from({ length: 1_203 }, (_, n) => eventOf(NOON_MS + (n >> 2), n))
      await store.save(batchOf(NOON_MS, { events }))
      assert.deepEqual(await eventsIn(store), events)
    }))

  test('events that the reader knows are left out', () =>
    at(async ({ handle }) => {
      const store = await handle()
      const events = Array.from({ length: 1_203 }, (_, n) =>
        eventOf(NOON_MS + (n >> 2), n, { id: `\0"\\ 🐢 ${n}` }),
      )
      await store.append('shop', events)
      const known = new Set(['of nobody', ...events.slice(0, -2).map(({ id }) => id)])
      assert.deepEqual(await eventsIn(store, 'shop', EVER, { known }), events.slice(-2))
      assert.deepEqual(
        await eventsIn(store, 'shop', EVER, { known: new Set(events.map(({ id }) => id)) }),
        [],
      )
      const others = new Set(events.filter((_, n) => n % 2 === 0).map(({ id }) => id))
      assert.deepEqual(
        await eventsIn(store, 'shop', EVER, { known: others }),
        events.filter((_, n) => n % 2 === 1),
      )
    }))

  test('events of some kinds only', () =>
    at(async ({ handle }) => {
      const store = await handle()
      const kinds = ['grade', 'alert', 'grade', "it's 🐢"]
      const events = kinds.map((kind, n) => eventOf(NOON_MS + n, n, { kind }))
      await store.append('shop', events)
      const of = async (...kinds: readonly string[]) =>
        (await eventsIn(store, 'shop', EVER, { kinds })).map(({ data }) => data)
      assert.deepEqual(await of('alert', "it's 🐢"), [1, 3])
      assert.deepEqual(await of('grade'), [0, 2])
      assert.deepEqual(await of('change'), [])
      assert.deepEqual(await of(), [])
      const known = new Set([events[0]!.id])
      assert.deepEqual(await eventsIn(store, 'shop', EVER, { kinds: ['grade'], known }), [events[2]])
    }))

  test('an event whose id is there already changes nothing, in a batch or not; ids are a service’s own', () =>
    at(async ({ handle }) => {
      const store = await handle()
      const first = eventOf(NOON_MS, 'first', { id: 'one 🐢' })
      const other = { ...first, atMs: NOON_MS + 1, kind: 'other', data: 'other' }
      const next = eventOf(NOON_MS + 2, 'next')
      await store.save(batchOf(NOON_MS, { flush: 1, events: [first, other] }))
      await store.save(batchOf(NOON_MS, { flush: 2, events: [other] }))
      assert.equal(await store.append('shop', [other, next, next]), true)
      assert.deepEqual(await eventsIn(store), [first, next])
      assert.equal(await store.append('billing', [other]), true)
      assert.deepEqual(await eventsIn(store, 'billing'), [other])
      await store.save(batchOf(NOON_MS, { flush: 3, events: [next] }))
      assert.deepEqual(await eventsIn(store), [first, next])
    }))

  test('appended events are read like those of batches, and trimmed like them', () =>
    at(async ({ handle }) => {
      const store = await handle()
      await store.append('shop', [eventOf(NOON_MS + 2_000, 'late'), eventOf(NOON_MS - HOUR_MS, 'old')])
      await store.save(batchOf(NOON_MS, { events: [eventOf(NOON_MS, 'of a batch')] }))
      const read = async () => (await eventsIn(store)).map(({ data }) => data)
      assert.deepEqual(await read(), ['old', 'of a batch', 'late'])
      await store.trim(NOON_MS)
      assert.deepEqual(await read(), ['of a batch', 'late'])
      assert.equal(await store.append('shop', []), true, 'nothing is appended without complaint')
    }))
}
