import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import { ProcessMeter } from '../../../src/engine/runtime/process-meter.ts'
import type { LoopGauges } from '../../../src/measure/loop-gauges.ts'
import type { Slice } from '../../../src/measure/slice.ts'
import { counted } from '../../api/fixture.ts'
import { joined, START_MS, stepped } from '../stepped.ts'

const GAUGES: LoopGauges = {
  pulseMs: 1,
  activeMs: 0,
  idleMs: 0,
  heapUsedBytes: 100,
  heapLimitBytes: 1000,
  handles: 3,
}

function delays(durationMs: number, times: number): Slice {
  return { component: 'event_loop', name: 'main', nested: false, counts: counted([{ durationMs, times }]) }
}

test('a process that measures no loop has no figures', () => {
  const meter = new ProcessMeter(new SteppedClock(START_MS))
  meter.read(0, [], [])
  assert.equal(meter.reading, undefined)
})

test('utilization is of the busiest loop, over the last minute and not longer', () => {
  const clock = new SteppedClock(START_MS)
  const meter = new ProcessMeter(clock)
  const gauges: Record<'one' | 'other', LoopGauges> = { one: GAUGES, other: GAUGES }
  const second = (oneMs: number, otherMs: number): void => {
    clock.step(1000)
    for (const [name, activeMs] of [
      ['one', oneMs],
      ['other', otherMs],
    ] as const) {
      const before = gauges[name]
      gauges[name] = {
        ...before,
        pulseMs: before.pulseMs + 1000,
        activeMs: before.activeMs + activeMs,
        idleMs: before.idleMs + 1000 - activeMs,
      }
    }
    const loops = [
      { thread: 0, gauges: gauges.one },
      { thread: 1, gauges: gauges.other },
    ]
    meter.read(clock.wallMs(), [], loops)
  }
  for (let i = 0; i < 100; i++) second(1000, 0)
  for (let i = 0; i < 60; i++) second(100, 250)
  assert.equal(meter.reading?.utilization, 0.25)
  assert.equal(meter.reading.loops, 2)
  assert.equal(meter.reading.heapUsedBytes, 200)
})

test('delays are of the last minute', () => {
  const clock = new SteppedClock(START_MS)
  const meter = new ProcessMeter(clock)
  const loops = [{ thread: 0, gauges: GAUGES }]
  meter.read(clock.wallMs(), [delays(900, 1)], loops)
  clock.step(30_000)
  meter.read(clock.wallMs(), [delays(2, 99)], loops)
  assert.equal(meter.reading?.delayMaxMs, 900)
  assert.equal(Math.round(meter.reading.delayP50Ms), 2)
  clock.step(31_000)
  meter.read(clock.wallMs(), [], loops)
  assert.equal(meter.reading?.delayMaxMs, 2)
})

test('a loop whose probe has stopped stands still', () => {
  const clock = new SteppedClock(START_MS)
  const meter = new ProcessMeter(clock)
  for (let i = 0; i < 3; i++) {
    clock.step(1000)
    meter.read(clock.wallMs(), [], [{ thread: 0, gauges: GAUGES }])
  }
  assert.equal(meter.reading?.blockedNowMs, 2000)
  clock.step(1000)
  meter.read(clock.wallMs(), [], [{ thread: 0, gauges: { ...GAUGES, pulseMs: 3500 } }])
  assert.equal(meter.reading?.blockedNowMs, 0)
})

test('the engine shows the process among the instances, and targets on its loop are judged', async () => {
  const target = {
    id: 'loop',
    component: 'event_loop',
    except: [],
    indicator: { kind: 'latency', percentile: 0.95, limitMs: 50 },
    grades: { a: 10, b: 20, c: 50, d: 100 },
    weight: 0,
  } as const
  const { engine, ledger, second, clock } = await stepped({ targets: [target] })
  joined(engine, clock)
  const processNow = () => engine.snapshot.instances[0]?.runtime
  assert.equal(processNow(), undefined)
  ledger.loop.gauges[0] = 1
  for (let i = 0; i < 20; i++) ledger.operation('event_loop', 'main').record(80)
  second()
  second()
  assert.equal(processNow()?.delayMaxMs, 80)
  assert.equal(processNow()?.loops, 1)
  assert.equal(engine.snapshot.window('1min').verdicts[0]?.status, 'missed')
})
