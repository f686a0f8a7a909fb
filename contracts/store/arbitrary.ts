import fc from 'fast-check'
import type { Batch } from '../../src/engine/store.ts'
import { LEVELS } from '../../src/measure/levels.ts'
import type { Slice } from '../../src/measure/slice.ts'
import { sliceOf } from './figures.ts'

const durationMs = fc.double({ min: 0, max: 60_000, noNaN: true })

// Names that a careless key would confuse.
const keys = fc.constantFrom(
  { component: 'database', name: 'a', nested: false },
  { component: 'database', name: 'a', nested: true },
  { component: 'databasea', name: '', nested: false },
  { component: 'request', name: 'GET /users/:id', nested: false },
  { component: 'cache_l1', name: '8:database:a', nested: false },
  { component: 'external', name: 'naïve 🐢\u0000"\'', nested: false },
)

const slice: fc.Arbitrary<Slice> = fc
  .record({
    key: keys,
    okMs: fc.array(durationMs, { maxLength: 4 }),
    failedMs: fc.array(durationMs, { maxLength: 2 }),
    hits: fc.nat(9),
    misses: fc.nat(9),
    limitsMs: fc.uniqueArray(fc.constantFrom(25, 50, 100), { maxLength: 2 }),
    breakdown: fc.option(
      fc.dictionary(
        fc.constantFrom('database', 'external'),
        fc.record({ calls: fc.nat(9), wallMs: durationMs }),
      ),
      { nil: undefined },
    ),
    ownMs: durationMs,
    levels: fc.option(fc.array(fc.tuple(fc.nat(LEVELS - 1), fc.nat(9), durationMs), { maxLength: 3 }), {
      nil: undefined,
    }),
  })
  .map(({ key, breakdown, levels, ...rest }) =>
    sliceOf({ ...rest, ...(breakdown && { breakdown }), ...(levels && { levels }) }, key),
  )

/**
 * Batches of two services and three instances that end within `spanMs` before `untilMs`, each (service, instance,
 * flush) once, in no order.
 */
export function batches(untilMs: number, spanMs: number): fc.Arbitrary<readonly Batch[]> {
  return fc.uniqueArray(
    fc
      .record({
        service: fc.constantFrom('shop', 'shop2'),
        instance: fc.constantFrom('one', 'two', 'three'),
        flush: fc.nat(40),
        lengthMs: fc.integer({ min: 1, max: 5_000 }),
        // Whole seconds as well: they fall on the slots' edges.
        beforeMs: fc.oneof(
          fc.nat(spanMs),
          fc.nat(Math.floor(spanMs / 60_000)).map((minutes) => minutes * 60_000),
        ),
        slices: fc.uniqueArray(slice, {
          maxLength: 4,
          selector: ({ component, name, nested }) => `${component}${nested}${name}`,
        }),
      })
      .map(({ lengthMs, beforeMs, ...rest }) => {
        const toMs = untilMs - beforeMs
        return { ...rest, fromMs: toMs - lengthMs, toMs, events: [] }
      }),
    { maxLength: 12, selector: ({ service, instance, flush }) => `${service} ${instance} ${flush}` },
  )
}
