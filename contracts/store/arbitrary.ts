import fc from 'fast-check'
import type { ProcessReading } from '../../src/engine/runtime/process-meter.ts'
import type { Batch, Presence } from '../../src/engine/store.ts'
import { LEVELS } from '../../src/measure/levels.ts'
import type { Slice } from '../../src/measure/slice.ts'
import type { Example } from '../../src/measure/slow-request.ts'
import { REGISTERS } from '../../src/measure/users.ts'
import { levelsOf, presenceOf, sliceOf } from './figures.ts'

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

const example: fc.Arbitrary<Example> = fc.record(
  {
    atMs: fc.nat(),
    series: fc.constantFrom('GET /users/:id', 'naïve 🐢'),
    durationMs,
    failed: fc.boolean(),
    breakdown: fc.array(
      fc.record(
        { component: fc.constantFrom('database', 'external'), calls: fc.nat(9), wallMs: durationMs },
        { noNullPrototype: true },
      ),
      { maxLength: 3 },
    ),
    ownMs: durationMs,
    traceId: fc.constantFrom('4bf92f3577b34da6a3ce929d0e0e4736'),
  },
  {
    requiredKeys: ['atMs', 'series', 'durationMs', 'failed', 'breakdown', 'ownMs'],
    noNullPrototype: true,
  },
)

const figure = fc.double({ min: 0, max: 1e12, noNaN: true })
const reading: fc.Arbitrary<ProcessReading> = fc.record(
  {
    ...{ loops: figure, utilization: figure, blocked: figure, blockedNowMs: figure },
    ...{ delayP50Ms: figure, delayP99Ms: figure, delayMaxMs: figure, gcMs: figure, gcMaxMs: figure },
    ...{ cpuShare: figure, rssBytes: figure, heapUsedBytes: figure, heapLimitBytes: figure, handles: figure },
  },
  { noNullPrototype: true },
)

/** Any instance, with users, levels, examples and how its process is. */
export const presences: fc.Arbitrary<Presence> = fc
  .record({
    host: fc.constantFrom('', 'shop-1', 'naïve.🐢'),
    pid: fc.integer({ min: 1, max: 2 ** 31 }),
    node: fc.constantFrom('v22.18.0', ''),
    version: fc.string({ maxLength: 8 }),
    startedMs: fc.double({ min: 0, max: 1e14, noNaN: true }),
    inFlight: fc.nat(),
    seen: fc.uniqueArray(fc.tuple(fc.nat(REGISTERS - 1), fc.integer({ min: 1, max: 21 })), {
      maxLength: 30,
      selector: ([place]) => place,
    }),
    levels: fc.uniqueArray(
      fc.tuple(fc.nat(LEVELS - 1), fc.nat(), fc.double({ min: 0, max: 1e9, noNaN: true })),
      {
        maxLength: 5,
        selector: ([level]) => level,
      },
    ),
    examples: fc.array(example, { maxLength: 3 }),
    runtime: fc.option(reading, { nil: undefined }),
  })
  .map(({ seen, levels, runtime, ...rest }) => {
    const sorted = seen.toSorted(([a], [b]) => a - b)
    const users = {
      places: Uint16Array.from(sorted, ([place]) => place),
      ranks: Uint8Array.from(sorted, ([, rank]) => rank),
    }
    return { ...rest, users, levels: levelsOf(levels), ...(runtime && { runtime }) }
  })

/**
 * Batches of two services and three instances that end within `withinMs` before `untilMs`, each (service, instance,
 * flush) once, in no order.
 */
export function batches(untilMs: number, withinMs: number): fc.Arbitrary<readonly Batch[]> {
  return fc.uniqueArray(
    fc
      .record({
        service: fc.constantFrom('shop', 'shop2'),
        instance: fc.constantFrom('one', 'two', 'three'),
        flush: fc.nat(40),
        lengthMs: fc.integer({ min: 1, max: 5_000 }),
        // Whole seconds as well: they fall on the slots' edges.
        beforeMs: fc.oneof(
          fc.nat(withinMs),
          fc.nat(Math.floor(withinMs / 60_000)).map((minutes) => minutes * 60_000),
        ),
        slices: fc.uniqueArray(slice, {
          maxLength: 4,
          selector: ({ component, name, nested }) => `${component}${nested}${name}`,
        }),
      })
      .map(({ lengthMs, beforeMs, ...rest }) => {
        const toMs = untilMs - beforeMs
        return { ...rest, fromMs: toMs - lengthMs, toMs, events: [], presence: presenceOf() }
      }),
    { maxLength: 12, selector: ({ service, instance, flush }) => `${service} ${instance} ${flush}` },
  )
}
