import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { LONGEST_MS, onGrid, PLACES, placeOf } from '../../src/measure/bucket.ts'
import { Counts } from '../../src/measure/counts.ts'
import * as at from '../../src/measure/layout.ts'
import { levelOf } from '../../src/measure/levels.ts'
import { LoopReader } from '../../src/measure/loop-reader.ts'
import { LoopTally } from '../../src/measure/loop-tally.ts'
import { TallyReader } from '../../src/measure/reader.ts'
import { RequestTally } from '../../src/measure/request-tally.ts'
import { Scope } from '../../src/measure/scope.ts'
import { Tally } from '../../src/measure/tally.ts'
import { type HammerMessage, type HammerTask, hammerOperations } from './hammer.ts'
import { countsOf, durations, type Operation, operation, told } from './operations.ts'

/** What the engine does with one thread and one series. */
class Engine {
  readonly #loop: LoopReader
  readonly #tally: TallyReader

  constructor(loop: SharedArrayBuffer, tally: SharedArrayBuffer, request = false) {
    this.#loop = new LoopReader(loop)
    this.#tally = new TallyReader(tally, request)
  }

  get loop(): LoopReader {
    return this.#loop
  }

  cycle(limits: readonly number[], parts: readonly string[] = []): Counts | undefined {
    const retired = this.#loop.half
    this.#tally.prepare(1 - retired, limits)
    this.#loop.prepare(1 - retired)
    this.#loop.turn(1 - retired)
    return this.#tally.read(retired, parts, limits)
  }
}

/** Sets counters and sums, with the readings to be taken off them, to where they are about to start again. */
function aboutToWrap(buffer: SharedArrayBuffer, layout: at.Layout): void {
  const floats = new Float64Array(buffer)
  const words = new Uint32Array(buffer, layout.wordsFrom * 4)
  words.fill(2 ** 32 - 3)
  for (let part = 0; part < 4; part++) {
    for (let place = 0; place < layout.floats; place++) {
      const setting = place >= at.MIN && place < at.OWN
      if (!setting) floats[part * layout.floats + place] = at.SUM_WRAP - 1
    }
  }
}

const limitLists = fc
  .uniqueArray(fc.constantFrom(0.1, 1, 25, 100 / 3, 50, 1000), { maxLength: 4 })
  .map((list) => list.toSorted((one, other) => one - other))

// Most cycles find something, some find nothing.
const periods = fc.array(fc.tuple(fc.array(operation, { maxLength: 12 }), limitLists), { maxLength: 25 })

function record(tally: Tally, { durationMs, failed, hit }: Operation): void {
  if (hit === undefined) tally.record(durationMs, failed)
  else tally.recordRead(durationMs, failed, hit)
}

test('a slice is what was recorded since the last one, to the last bit, and the slices are all of it', () => {
  fc.assert(
    fc.property(limitLists, periods, fc.boolean(), (seeds, list, wrapping) => {
      const loop = new LoopTally()
      const tally = new Tally(loop)
      if (wrapping) aboutToWrap(tally.buffer, at.PLAIN)
      tally.seedLimits(seeds)
      const engine = new Engine(loop.buffer, tally.buffer)
      let inForce = seeds
      for (const [operations, limits] of list) {
        for (const one of operations) record(tally, one)
        const slice = engine.cycle(limits)
        if (operations.length === 0) assert.equal(slice, undefined)
        else {
          assert.deepEqual(told(slice!), told(countsOf(operations, inForce)))
          assert.deepEqual(
            slice!.goods.map(({ limitMs }) => limitMs),
            inForce,
          )
        }
        inForce = limits
      }
      assert.equal(engine.cycle([]), undefined)
      assert.equal(engine.cycle([]), undefined)
    }),
    { numRuns: 400 },
  )
})

test('what is recorded before the limits are known is counted exactly for those that come', () => {
  const list = fc.array(operation, { maxLength: 12 })
  fc.assert(
    fc.property(limitLists, limitLists, list, list, (seeds, limits, before, after) => {
      const loop = new LoopTally()
      const tally = new Tally(loop, at.PLAIN, true)
      tally.seedLimits(seeds)
      const engine = new Engine(loop.buffer, tally.buffer)
      for (const one of before) record(tally, one)
      const early = engine.cycle(limits) ?? new Counts()
      for (const one of after) record(tally, one)
      const later = engine.cycle(limits) ?? new Counts()
      for (const [slice, operations] of [
        [early, before],
        [later, after],
      ] as const) {
        const expected = countsOf(operations, limits)
        assert.equal(slice.ok, expected.ok)
        for (const limitMs of limits) assert.deepEqual(slice.goodUnder(limitMs), expected.goodUnder(limitMs))
        assert.ok(slice.goods.every(({ limitMs }) => limitMs > 0))
      }
    }),
    { numRuns: 400 },
  )
})

test('of more than are kept while the limits are unknown, only the rest is estimated', () => {
  const loop = new LoopTally()
  const tally = new Tally(loop, at.PLAIN, true)
  tally.seedLimits([50])
  const engine = new Engine(loop.buffer, tally.buffer)
  for (let i = 0; i < at.EARLY; i++) tally.record(i % 2 === 0 ? 30 : 30.2, false)
  for (let i = 0; i < 10; i++) tally.record(60, false)
  const counts = engine.cycle([30.1])!
  assert.deepEqual(counts.goodUnder(50), { good: at.EARLY, estimated: false })
  const known = counts.goods.find(({ limitMs }) => limitMs === 30.1)
  assert.deepEqual(known, { limitMs: 30.1, good: at.EARLY / 2, covered: at.EARLY })
  assert.equal(counts.goodUnder(30.1).estimated, true)
})

test('a new engine goes on where the last one stopped', () => {
  fc.assert(
    fc.property(periods, (list) => {
      const loop = new LoopTally()
      const tally = new Tally(loop)
      for (const [operations] of list) {
        for (const one of operations) record(tally, one)
        const slice = new Engine(loop.buffer, tally.buffer).cycle([])
        assert.deepEqual(told(slice ?? new Counts()), told(countsOf(operations)))
      }
    }),
  )
})

test('a duration that cannot be is counted as such, and recorded where that makes sense', () => {
  const odd = fc.oneof(
    durations,
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, -1, -1e-9, 1e-9),
    fc.constantFrom(LONGEST_MS, LONGEST_MS + 1e-6, LONGEST_MS * 2, Number.MAX_VALUE),
  )
  const odder = fc.record({
    durationMs: odd,
    failed: fc.boolean(),
    hit: fc.option(fc.boolean(), { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(odder, { maxLength: 30 }), (operations) => {
      const loop = new LoopTally()
      const tally = new Tally(loop)
      const engine = new Engine(loop.buffer, tally.buffer)
      for (const one of operations) record(tally, one)
      const finite = operations.filter(({ durationMs }) => Number.isFinite(durationMs))
      const mended = finite.map((one) => ({
        ...one,
        durationMs: onGrid(Math.min(Math.max(one.durationMs, 0), LONGEST_MS)),
      }))
      assert.deepEqual(told(engine.cycle([]) ?? new Counts()), told(countsOf(mended)))
      const { invalid, negative, clamped } = engine.loop.losses
      assert.deepEqual(
        [invalid, negative, clamped],
        [
          operations.length - finite.length,
          finite.filter(({ durationMs }) => durationMs < 0).length,
          finite.filter(({ durationMs }) => durationMs > LONGEST_MS).length,
        ],
      )
    }),
  )
})

/** Extremes can be lost by a writer that is held up: then they are known to the bucket. */
function assertSame(found: Counts, expected: Counts): void {
  const extremes = { minMs: 0, maxMs: 0 }
  assert.deepEqual({ ...told(found), ...extremes }, { ...told(expected), ...extremes })
  assert.equal(placeOf(found.minMs), placeOf(expected.minMs))
  assert.equal(placeOf(found.maxMs), placeOf(expected.maxMs))
}

/** The stores of one `record`, one by one; the half is chosen by the first. */
function* stalledRecord(loop: LoopTally, buffer: SharedArrayBuffer, { durationMs, failed, hit }: Operation) {
  const floats = new Float64Array(buffer)
  const words = new Uint32Array(buffer, at.PLAIN.wordsFrom * 4)
  const half = loop.half
  const f = half * at.PLAIN.floats
  const w = half * at.PLAIN.words
  yield
  if (hit !== undefined) words[w + (hit ? at.HITS : at.MISSES)]!++
  yield
  words[w + at.PLACE + placeOf(durationMs)]!++
  yield
  const sum = floats[f + at.SUM]! + durationMs
  floats[f + at.SUM] = sum >= at.SUM_WRAP ? sum - at.SUM_WRAP : sum
  yield
  if (durationMs < floats[f + at.MIN]!) floats[f + at.MIN] = durationMs
  yield
  if (durationMs > floats[f + at.MAX]!) floats[f + at.MAX] = durationMs
  yield
  if (failed) words[w + at.FAILED]!++
  else {
    const over = [0, 1, 2, 3].filter((limit) => durationMs >= floats[f + at.LIMIT + limit]!).length
    words[w + at.OK + over]!++
  }
}

test('a writer that is held up anywhere in a record loses nothing', () => {
  const limits = [1, 25, 50]
  // How many stores the writer gets done before the engine's next cycle.
  const paces = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(
      fc.array(operation, { minLength: 1, maxLength: 25 }),
      paces,
      fc.boolean(),
      (operations, pace, wrapping) => {
        const loop = new LoopTally()
        const tally = new Tally(loop)
        if (wrapping) aboutToWrap(tally.buffer, at.PLAIN)
        tally.seedLimits(limits)
        const engine = new Engine(loop.buffer, tally.buffer)
        const all = new Counts()
        const take = () => {
          const slice = engine.cycle(limits)
          if (slice === undefined) return
          for (const { good, covered } of slice.goods) assert.ok(good <= covered && covered === slice.ok)
          for (const [place] of slice.histogram.entries()) {
            assert.ok(place >= placeOf(slice.minMs) && place <= placeOf(slice.maxMs))
          }
          all.add(slice)
        }
        let turn = 0
        let left = pace[0]!
        for (const one of operations) {
          for (const _ of stalledRecord(loop, tally.buffer, one)) {
            // Several cycles may pass at one place; in the end the writer goes on.
            for (; left === 0; left = pace[turn] ?? 1) {
              take()
              turn++
            }
            left--
          }
        }
        take()
        take()
        assertSame(all, countsOf(operations, limits))
      },
    ),
    { numRuns: 1000 },
  )
})

test('requests: breakdown and levels are what was recorded, over any turns and wraps', () => {
  const child = fc.tuple(fc.nat(at.PARTS - 1), fc.nat(2 ** 20), fc.nat(2 ** 20))
  const request = fc.record({
    children: fc.array(child, { maxLength: 4 }),
    lengthSteps: fc.nat(2 ** 22),
    failed: fc.boolean(),
    concurrent: fc.nat(100),
  })
  const parts = Array.from({ length: at.PARTS }, (_, part) => `component ${part}`)
  fc.assert(
    fc.property(
      fc.array(fc.array(request, { maxLength: 4 }), { maxLength: 8 }),
      fc.boolean(),
      (periods, wrapping) => {
        const loop = new LoopTally()
        const tally = new RequestTally(loop)
        if (wrapping) aboutToWrap(tally.buffer, at.REQUEST)
        const engine = new Engine(loop.buffer, tally.buffer, true)
        let nowMs = 1000
        for (const requests of periods) {
          const expected = new Counts()
          for (const { children, lengthSteps, failed, concurrent } of requests) {
            const scope = new Scope(nowMs)
            const startMs = nowMs
            let busyMs = 0
            for (const [part, waitSteps, steps] of children) {
              nowMs += waitSteps * 2 ** -14
              scope.begin(part, nowMs)
              nowMs += steps * 2 ** -14
              scope.end(part, nowMs)
              busyMs += steps * 2 ** -14
              expected.addShare(parts[part]!, 1, steps * 2 ** -14)
            }
            nowMs += lengthSteps * 2 ** -14
            tally.recordRequest(scope, nowMs, failed, levelOf(concurrent))
            const durationMs = nowMs - startMs
            expected.add(countsOf([{ durationMs, failed }]))
            expected.ownMs += durationMs - busyMs
          }
          const slice = engine.cycle([], parts)
          assert.equal(slice === undefined, requests.length === 0)
          if (slice === undefined) continue
          const levels = slice.levels!
          const byLevel = Map.groupBy(requests, ({ concurrent }) => levelOf(concurrent))
          for (const [level, ones] of byLevel) assert.equal(levels.completed[level], ones.length)
          assert.equal(
            levels.timeMs.reduce((sum, timeMs) => sum + timeMs, 0),
            slice.sumMs,
          )
          slice.levels = undefined
          assert.deepEqual(told(slice), told(expected))
        }
      },
    ),
  )
})

async function message<K extends HammerMessage['kind']>(worker: Worker, kind: K) {
  const [came] = (await once(worker, 'message')) as [HammerMessage]
  assert.equal(came.kind, kind)
  return came as Extract<HammerMessage, { kind: K }>
}

test('threads are as one: nothing is lost or counted twice while halves turn every millisecond', async () => {
  const limits = [0.01, 1, 50]
  const stop = new SharedArrayBuffer(4)
  const tasks = [7919, 104_729, 1_299_709].map((seed): HammerTask => ({ seed, limits, stop }))
  const file = new URL('./hammer.ts', import.meta.url)
  const workers = tasks.map((task) => new Worker(file, { workerData: task }))
  const buffers = await Promise.all(workers.map((worker) => message(worker, 'buffers')))
  const ended = workers.map((worker) => message(worker, 'ended'))
  const engines = buffers.map(({ loop, tally }) => new Engine(loop, tally))
  const found = new Counts()
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const cycle = () => {
    for (const engine of engines) found.add(engine.cycle(limits) ?? new Counts())
    Atomics.wait(pause, 0, 0, 1)
  }
  for (let i = 0; i < 60 || (found.total < 100_000 && i < 20_000); i++) cycle()
  Atomics.store(new Int32Array(stop), 0, 1)
  const operations = (await Promise.all(ended)).map((one) => one.operations)
  cycle()
  cycle()

  const places = new Float64Array(PLACES)
  const expected = new Counts()
  expected.goods = limits.map((limitMs) => ({ limitMs, good: 0, covered: 0 }))
  for (const [i, task] of tasks.entries()) {
    hammerOperations(task.seed)(operations[i]!, (durationMs, failed, hit) => {
      places[placeOf(durationMs)]!++
      expected.sumMs += durationMs
      expected.extend(durationMs, durationMs)
      if (hit && failed) expected.hits++
      if (hit && !failed) expected.misses++
      if (failed) expected.failed++
      else expected.ok++
      for (const entry of expected.goods) {
        if (failed) continue
        entry.covered++
        if (durationMs < entry.limitMs) entry.good++
      }
    })
  }
  for (const [place, count] of places.entries()) if (count > 0) expected.histogram.add(place, count)
  assertSame(found, expected)
})
