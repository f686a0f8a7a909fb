import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { readGauges } from '../../../src/measure/loop-gauges.ts'
import { Scope } from '../../../src/measure/scope.ts'
import { PROBE_MS, pulse } from '../../../src/recorders/runtime/pulse.ts'
import { RuntimeRecorder } from '../../../src/recorders/runtime/recorder.ts'

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

describe('the event loop', () => {
  test('one probe counts for every 50 ms, also those that a blocked loop made wait', async () => {
    const reading = new Reading()
    const stop = pulse(reading.ledger)
    await until('it has run', () => readGauges(reading.ledger.loop.gauges).pulseMs > 0)
    reading.counts()
    const pulsed = readGauges(reading.ledger.loop.gauges).pulseMs
    block(1000)
    await until('it has run again', () => readGauges(reading.ledger.loop.gauges).pulseMs > pulsed)
    stop()
    const counts = reading.counts()
    const delay = counts.get('event_loop main')!
    const passedMs = readGauges(reading.ledger.loop.gauges).pulseMs - pulsed
    // The probe that came last before, and rounding at either end.
    assert.ok(Math.abs(delay.total - passedMs / PROBE_MS) <= 2, `${delay.total} in ${passedMs} ms`)
    assert.ok(delay.maxMs >= 1000 - PROBE_MS)
    // Who came at a moment of that second waited half of it on average.
    const median = delay.percentileMs(0.5)!
    assert.ok(median > 0.35 * passedMs && median < 0.65 * passedMs, `${median} of ${passedMs}`)
    const blocked = counts.get('event_loop_blocked main')!
    assert.equal(blocked.total, 1)
    assert.equal(blocked.maxMs, delay.maxMs)
  })

  test('a thread says how busy its loop is, and how much it holds', async () => {
    const reading = new Reading()
    const stop = pulse(reading.ledger)
    await until('it has looked around', () => readGauges(reading.ledger.loop.gauges).heapUsedBytes > 0)
    stop()
    const { activeMs, idleMs, heapUsedBytes, heapLimitBytes } = readGauges(reading.ledger.loop.gauges)
    assert.ok(activeMs > 0 && idleMs >= 0)
    assert.ok(heapUsedBytes < heapLimitBytes)
  })

  test('what a loop without anything to do waits for is no reason to go on', async () => {
    const worker = new Worker(new URL('./pulse-worker.ts', import.meta.url))
    const code = await new Promise((resolve) => worker.once('exit', resolve))
    assert.equal(code, 0)
  })
})

describe('the recorder', () => {
  test('counts collections by kind, outside of every request, until it is told to stop', async () => {
    const reading = new Reading()
    const { ledger } = reading
    const recorder = new RuntimeRecorder(ledger)
    const scope = new Scope(ledger.now())
    const kinds = ledger.scopes.run(scope, () => {
      recorder.follow(true)
      recorder.follow(true)
      return () => [...reading.counts().keys()].filter((key) => key.startsWith('gc '))
    })
    await until('something was collected', () => {
      for (let i = 0; i < 1e5; i++) ({ i })
      return kinds().length > 0
    })
    assert.ok(kinds().every((kind) => /^gc (minor|major|incremental|weak_callbacks)$/.test(kind)))
    scope.close(ledger.now(), (part) => assert.fail(`${part} is in the request`))
    recorder.follow(false)
    await pause(2 * PROBE_MS)
    const probes = () => reading.counts().get('event_loop main')?.total ?? 0
    const before = probes()
    await pause(3 * PROBE_MS)
    assert.equal(probes(), before)
    assert.deepEqual(reading.errors, [])
  })
})
