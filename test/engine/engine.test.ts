import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSnapshot, packSnapshot } from '../../src/engine/fleet/published.ts'
import type { Announcement } from '../../src/measure/announcement.ts'
import type { Target } from '../../src/targets/target.ts'
import { joined, type Stepped, stepped } from './stepped.ts'

const OWN: Target = {
  id: 'own',
  component: 'database',
  except: [],
  indicator: { kind: 'latency', percentile: 0.95, limitMs: 30.1 },
  grades: { a: 10, b: 20, c: 30.1, d: 60 },
  weight: 1,
}

test('an operation shows in the cycle that reads it, with exact counts, in all windows', async () => {
  const { engine, ledger, second } = await stepped()
  const lookup = ledger.operation('database', 'user_lookup')
  for (let i = 0; i < 30; i++) lookup.record(10)
  lookup.record(25)
  lookup.record(40, true)
  second()
  for (const name of ['1min', '5min', '1hour', '1day'] as const) {
    const { components } = engine.snapshot.window(name)
    const { counts } = components.find(({ component }) => component === 'database')!
    assert.equal(counts.ok, 31)
    assert.equal(counts.failed, 1)
    assert.equal(counts.sumMs, 365)
    assert.deepEqual([counts.minMs, counts.maxMs], [10, 40])
    // Strictly under the limit: the operation of exactly 25 ms is not good.
    assert.deepEqual(counts.goodUnder(25), { good: 30, estimated: false })
  }
})

test('a series is nested where all of its operations are, also as others read it', async () => {
  const { engine, ledger, second } = await stepped()
  ledger.nested('authentication', 'crypto.scrypt').record(20)
  ledger.nested('authentication', 'verify').record(20)
  ledger.primitive('authentication', 'verify').record(20)
  second()
  const { snapshot } = engine
  for (const read of [snapshot, openSnapshot(packSnapshot(snapshot, []), snapshot.self)]) {
    const [component] = read.window('1min').components.filter(({ counts }) => counts.total > 0)
    assert.deepEqual(
      component!.series.map(({ name, nested, counts }) => [name, nested, counts.total]),
      [
        ['crypto.scrypt', true, 1],
        ['verify', false, 2],
      ],
    )
  }
})

test('operations that came before the configuration was read are judged exactly by its limits', async () => {
  const { engine, clock, second } = await stepped({ targets: [OWN] })
  const { ledger } = joined(engine, clock, { early: true })
  const lookup = ledger.operation('database', 'user_lookup')
  // All in one bucket of the histogram, which could only guess.
  for (let i = 0; i < 100; i++) lookup.record(i < 93 ? 30 : 30.2)
  lookup.record(30, true)
  second()
  for (let i = 0; i < 100; i++) lookup.record(30)
  second()
  const verdict = engine.snapshot.window('1hour').verdicts[0]!
  assert.ok(verdict.status !== 'unknown')
  assert.equal(verdict.estimated, false)
  assert.equal(verdict.compliance, (100 * 193) / 201)
  assert.doesNotMatch(verdict.reason, /estimated/)
})

test('a series that the engine hears of late counts for its limits all the same', async () => {
  const { engine, clock, second } = await stepped({ targets: [OWN] })
  const late: Announcement[] = []
  const { ledger } = joined(engine, clock, {
    early: true,
    announce: (one) => (one.kind === 'series' ? late.push(one) : engine.accept(one)),
  })
  second()
  for (const ms of [30, 40]) ledger.operation('database', 'user_lookup').record(ms)
  second()
  ledger.operation('database', 'user_lookup').record(30.2)
  for (const one of late) engine.accept(one)
  second()
  second()
  const [component] = engine.snapshot.window('1min').components
  assert.equal(component!.counts.ok, 3)
  assert.deepEqual(component!.counts.goodUnder(30.1), { good: 1, estimated: false })
})

test('windows forget what has left them, and say for which span they are exact', async () => {
  const { engine, ledger, second, clock } = await stepped()
  const started = clock.wallMs()
  ledger.operation('database', 'q').record(5)
  second()
  for (let i = 0; i < 59; i++) second()
  const before = engine.snapshot.window('1min')
  assert.equal(before.components.length, 1)
  assert.deepEqual([before.fromMs, before.toMs], [started, started + 60_000])
  second()
  const after = engine.snapshot.window('1min')
  assert.equal(after.components.length, 0)
  assert.deepEqual([after.fromMs, after.toMs], [started + 1000, started + 61_000])
  assert.equal(engine.snapshot.window('5min').components[0]!.counts.total, 1)
})

test('too little measured gives no grade and no compliance', async () => {
  const { engine, ledger, second } = await stepped()
  for (let i = 0; i < 19; i++) ledger.operation('authentication', 'login').record(5)
  second()
  const { verdicts, overall } = engine.snapshot.window('5min')
  const login = verdicts.find(({ target }) => target.id === 'authentication')!
  assert.equal(login.status, 'unknown')
  assert.equal(overall.letter, null)
  ledger.operation('authentication', 'login').record(5)
  second()
  const judged = engine.snapshot.window('5min').verdicts.find(({ target }) => target.id === 'authentication')!
  assert.equal(judged.status, 'met')
  assert.equal(engine.snapshot.window('5min').overall.letter, 'A')
  assert.equal(ledger.loop.grade, 'A')
})

test('after a restart the windows and the grade history go on', async () => {
  const first = await stepped()
  for (let minute = 0; minute < 3; minute++) {
    for (let s = 0; s < 60; s++) {
      first.ledger.operation('database', 'q').record(5)
      first.second()
    }
  }
  await first.engine.flush()
  const { store, clock } = first
  const second = await stepped({ store, clock, instance: 'after' })
  second.second()
  const day = second.engine.snapshot.window('1day')
  assert.equal(day.components[0]!.counts.total, 180)
  assert.equal(second.engine.snapshot.window('5min').components[0]!.counts.total, 180)
  assert.ok(second.engine.snapshot.gradeHistory.length >= 3)
})

test('a service that was down for ten minutes shows a gap, not zeros', async () => {
  const first = await stepped()
  const minutes = (engine: Stepped, count: number): void => {
    for (let second = 0; second < 60 * count; second++) {
      engine.ledger.operation('database', 'q').record(5)
      engine.ledger.operation('cache_l1', 'get').record(0.1, false, true)
      engine.second()
    }
  }
  minutes(first, 3)
  await first.engine.flush()
  const { store, clock } = first
  const downMs = clock.wallMs()
  clock.step(600_000)
  const upMs = clock.wallMs()
  const second = await stepped({ store, clock, instance: 'after' })
  minutes(second, 3)
  const { gradeHistory, window } = second.engine.snapshot
  assert.ok(gradeHistory.some(({ atMs }) => atMs <= downMs) && gradeHistory.some(({ atMs }) => atMs > upMs))
  assert.deepEqual(
    gradeHistory.filter(({ atMs }) => atMs > downMs && atMs <= upMs),
    [],
    'no grade at all, neither a bad one nor an unknown one',
  )
  const hour = window('1hour')
  assert.equal(hour.components.find(({ component }) => component === 'cache_l1')!.counts.hits, 360)
  const cache = hour.verdicts.find(({ target }) => target.id === 'cache_l1')!
  assert.ok(cache.status !== 'unknown')
  assert.equal(cache.compliance, 100, 'minutes without a lookup are no missed ones')
})

test('when the clock is set back, time goes on and the windows keep sliding', async () => {
  const { engine, ledger, second, clock } = await stepped()
  ledger.operation('database', 'q').record(5)
  second()
  const before = engine.snapshot.atMs
  clock.set(clock.wallMs() - 3_600_000)
  ledger.operation('database', 'q').record(5)
  second()
  assert.equal(engine.snapshot.atMs, before + 1000)
  assert.equal(engine.snapshot.window('1min').components[0]!.counts.total, 2)
  for (let i = 0; i < 60; i++) second()
  assert.equal(engine.snapshot.window('1min').components.length, 0)
})

test('a unit that is wrong stops neither its own series nor the others', async () => {
  const { engine, ledger, second, clock } = await stepped()
  // Date.now() instead of a difference, ten times a second for longer than the longest slot.
  for (let i = 0; i < 1000; i++) {
    for (let j = 0; j < 10; j++) ledger.operation('pricing', 'wrong').record(clock.wallMs())
    ledger.operation('pricing', 'right').record(5)
    second()
  }
  const { series } = engine.snapshot
    .window('1day')
    .components.find(({ component }) => component === 'pricing')!
  assert.deepEqual(
    series.map(({ name, counts }) => [name, counts.total]),
    [
      ['right', 1000],
      ['wrong', 10_000],
    ],
  )
  assert.equal(engine.snapshot.self.dropped.clamped, 10_000)
  assert.deepEqual(engine.snapshot.self.recentErrors, [])
})

test('a thread that is heard of between a turn and its reading is read once it has turned', async () => {
  const { engine, clock } = await stepped()
  engine.turn()
  const { ledger } = joined(engine, clock)
  ledger.operation('database', 'q').record(500)
  engine.cycle()
  assert.equal(engine.snapshot.window('1min').components.length, 0)
  const second = (): void => {
    clock.step(1000)
    engine.turn()
    engine.cycle()
  }
  second()
  ledger.operation('database', 'q').record(3)
  second()
  for (let i = 0; i < 59; i++) second()
  const { counts } = engine.snapshot.window('1min').components[0]!
  assert.deepEqual([counts.total, counts.minMs, counts.maxMs], [1, 3, 3])
})

test('a turn that waits for its reading is not turned again', async () => {
  const { engine, ledger, clock } = await stepped()
  clock.step(1000)
  ledger.operation('database', 'q').record(3)
  engine.turn()
  ledger.operation('database', 'q').record(7)
  // The exit flush comes between the two.
  for (let half = 0; half < 2; half++) {
    engine.turn()
    engine.cycle()
  }
  const { counts } = engine.snapshot.window('1min').components[0]!
  assert.deepEqual([counts.total, counts.minMs, counts.maxMs], [2, 3, 7])
})

test('a new engine takes over where the old one stopped and counts nothing twice', async () => {
  const { engine, ledger, second, clock } = await stepped()
  const operation = ledger.operation('database', 'q')
  operation.record(5)
  second()
  operation.record(6)
  // The old engine is gone; the new one hears everything again.
  const next = await stepped({ clock })
  for (const announcement of ledger.announced) next.engine.accept(announcement)
  next.second()
  next.second()
  assert.equal(engine.snapshot.window('1min').components[0]!.counts.total, 1)
  assert.equal(next.engine.snapshot.window('1min').components[0]!.counts.total, 1)
})

test('a series that has left every window gives its place to another', async () => {
  const { engine, ledger, second, clock } = await stepped()
  ledger.operation('pricing', 'once').record(1)
  second()
  assert.equal(engine.snapshot.self.series.used, 1)
  clock.step(2 * 86_400_000)
  second()
  assert.equal(engine.snapshot.self.series.used, 0)
  ledger.operation('pricing', 'once').record(1)
  second()
  assert.equal(engine.snapshot.window('1min').components[0]!.counts.total, 1)
})
