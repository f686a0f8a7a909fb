import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Examples } from '../../src/engine/examples.ts'
import { LineMemory } from '../../src/engine/thread/line-memory.ts'
import { Scope } from '../../src/measure/scope.ts'
import type { SlowRequest } from '../../src/measure/slow-request.ts'
import { stepped } from './stepped.ts'

const HOUR_MS = 3_600_000

function slow(series: string, durationMs: number): SlowRequest {
  return { series, durationMs, failed: false, breakdown: [], ownMs: durationMs }
}

function durations(examples: Examples, nowMs: number): readonly number[] {
  return examples.list(nowMs).map(({ durationMs }) => durationMs)
}

test('a series keeps its five slowest, the slowest first; what gives way is counted', () => {
  const examples = new Examples()
  for (const durationMs of [300, 900, 100, 700, 500, 200, 800]) examples.add(slow('GET /', durationMs), 1)
  assert.deepEqual(durations(examples, 1), [900, 800, 700, 500, 300])
  assert.equal(examples.leftOut, 2)
})

test('an hour later an example is gone, which is no loss', () => {
  const examples = new Examples()
  examples.add(slow('GET /', 900), 0)
  examples.add(slow('GET /', 100), HOUR_MS / 2)
  assert.deepEqual(durations(examples, HOUR_MS - 1), [900, 100])
  assert.deepEqual(durations(examples, HOUR_MS), [100])
  assert.equal(examples.leftOut, 0)
})

test('at most 100: every series keeps its slowest before one keeps a second', () => {
  const examples = new Examples()
  for (let times = 0; times < 5; times++) {
    for (let series = 0; series < 60; series++) examples.add(slow(`GET /${series}`, 100 + series + times), 1)
  }
  const kept = examples.list(1)
  assert.equal(kept.length, 100)
  assert.equal(new Set(kept.map(({ series }) => series)).size, 60)
  for (let series = 0; series < 60; series++) {
    const own = kept.filter((example) => example.series === `GET /${series}`)
    assert.equal(own[0]!.durationMs, 104 + series)
  }
  assert.equal(examples.leftOut, 200)
})

test('others are heard, bounded together with the own, and forgotten by one that speaks for itself again', () => {
  const examples = new Examples()
  const other = new Examples()
  examples.add(slow('GET /', 300), 1)
  examples.hear([other.add(slow('GET /', 500), 1), other.add(slow('GET /b', 100), 1)], 1)
  assert.deepEqual(durations(examples, 1), [500, 300, 100])
  examples.forgetOthers()
  assert.deepEqual(durations(examples, 1), [300])
})

test('the snapshot shows them at the time of the engine, the self report how many there are', async () => {
  const { engine, clock, second } = await stepped()
  clock.step(250)
  const atMs = clock.wallMs()
  engine.accept({ kind: 'example', thread: 0, example: slow('GET /a', 400) })
  second()
  assert.deepEqual(engine.snapshot.examples, [{ atMs, ...slow('GET /a', 400) }])
  assert.deepEqual(engine.snapshot.self.examples, { kept: 1, leftOut: 0 })
  for (let minute = 0; minute < 60; minute++) {
    clock.step(60_000)
    second()
  }
  assert.deepEqual(engine.snapshot.examples, [])
})

test('requests that a thread did not tell are counted, also after it has ended', async () => {
  const { engine, ledger, clock, second } = await stepped()
  ledger.slowFrom(() => 100)
  for (let i = 0; i < 5; i++) {
    clock.step(150)
    ledger
      .requestTally('GET /')
      .recordRequest(new Scope(clock.monotonicMs() - 150), clock.monotonicMs(), false, 1)
  }
  second()
  const expected = engine.snapshot.self.examples
  assert.deepEqual(expected, { kept: 1, leftOut: 4 })
  engine.threadEnded(0)
  for (let i = 0; i < 3; i++) second()
  assert.deepEqual(engine.snapshot.self.examples, expected)
})

test('an engine that takes its time hears of at most 100', () => {
  const memory = new LineMemory()
  const announcement = { kind: 'example', thread: 1, example: slow('GET /', 1) } as const
  for (let i = 0; i < 150; i++) memory.keep({ kind: 'announcement', announcement })
  assert.equal(memory.take().length, 100)
  memory.keep({ kind: 'announcement', announcement })
  assert.equal(memory.take().length, 1)
})
