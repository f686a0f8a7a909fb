import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { batchOf, presenceOf } from '../../../contracts/store/figures.ts'
import { starting } from '../../../src/alerts/commands.ts'
import { alertDefaults, burnRatePolicy } from '../../../src/alerts/options.ts'
import { alertEvent } from '../../../src/engine/alerting/alert-event.ts'
import type { Snapshot } from '../../../src/engine/snapshot.ts'
import type { Store } from '../../../src/engine/store.ts'
import type { Ledger } from '../../../src/measure/ledger.ts'
import { sparseUsers, userHash } from '../../../src/measure/users.ts'
import { WINDOW_NAMES } from '../../../src/measure/window.ts'
import { FleetUnderTest } from './fleet-under-test.ts'

const durationMs = (i: number): number => (i * 37) % 101

function log(ledger: Ledger, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const operation = ledger.operation(i % 3 === 0 ? 'cache_l1' : 'database', `q${i % 5}`)
    operation.record(durationMs(i), i % 50 === 0, i % 3 === 0 ? i % 7 !== 0 : undefined)
  }
}

/** Everything that must not depend on how many processes recorded it. */
function figures(snapshot: Snapshot): unknown {
  return WINDOW_NAMES.map((name) => {
    const { components, verdicts } = snapshot.window(name)
    return {
      name,
      components: components.map(({ component, counts, series }) => ({
        component,
        ...{ ok: counts.ok, failed: counts.failed, hits: counts.hits, misses: counts.misses },
        ...{ sumMs: counts.sumMs, minMs: counts.minMs, maxMs: counts.maxMs },
        goods: counts.goods.toSorted((a, b) => a.limitMs - b.limitMs),
        buckets: [...counts.histogram.entries()],
        percentiles: [0.5, 0.95, 0.99].map((q) => counts.percentileMs(q)),
        series: series.map((one) => [one.name, one.counts.total, one.counts.percentileMs(0.95)]),
      })),
      verdicts: verdicts.map((verdict) => [
        verdict.target.id,
        verdict.status,
        ...(verdict.status === 'unknown' ? [] : [verdict.value, verdict.ratio, verdict.compliance]),
      ]),
    }
  })
}

/** A store that counts what it is asked to read. */
function counting(reads: Map<string, number>): (store: Store) => Store {
  return (store) =>
    new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...given: readonly unknown[]) => {
          reads.set(String(name), (reads.get(String(name)) ?? 0) + 1)
          return Reflect.apply(value, target, given)
        }
      },
    })
}

test('one that is alone reads flushes and events only after somebody else has written', async (t) => {
  const fleet = new FleetUnderTest(t)
  const reads = new Map<string, number>()
  const a = await fleet.join('a', { through: counting(reads) })
  await fleet.seconds(10)
  reads.clear()
  await fleet.seconds(20)
  assert.ok(reads.get('save')! > 0)
  assert.deepEqual([reads.get('flushes'), reads.get('events')], [undefined, undefined])
  const b = await fleet.join('b')
  log(a.ledger, 0, 500)
  log(b.ledger, 500, 1000)
  await fleet.seconds(5)
  assert.ok(reads.get('flushes')! > 0)
  assert.ok(reads.get('events')! > 0)
  assert.deepEqual(a.engine.snapshot.instances.map(({ instance }) => instance).toSorted(), ['a', 'b'])
  const seen = figures(a.engine.snapshot)
  fleet.kill(b)
  await fleet.seconds(10)
  reads.clear()
  await fleet.seconds(10)
  assert.equal(reads.get('flushes'), undefined)
  assert.deepEqual(figures(a.engine.snapshot), seen)
  // The next one reads all of it.
  fleet.kill(a)
  const c = await fleet.join('c', { through: counting(reads) })
  await fleet.seconds(12)
  assert.deepEqual(c.engine.snapshot.coverage, { kind: 'service' })
  assert.deepEqual(figures(c.engine.snapshot), seen)
})

test('four instances give what one gives, whichever is asked', async (t) => {
  const alone = new FleetUnderTest(t)
  const one = await alone.join('one')
  log(one.ledger, 0, 4000)
  await alone.seconds(5)
  const expected = figures(one.engine.snapshot)

  const fleet = new FleetUnderTest(t)
  const instances = [
    await fleet.join('a'),
    await fleet.join('b'),
    await fleet.join('c'),
    await fleet.join('d'),
  ]
  for (const [n, { ledger }] of instances.entries()) log(ledger, n * 1000, (n + 1) * 1000)
  await fleet.seconds(5)
  for (const instance of instances) {
    const snapshot = await fleet.answer(instance)
    assert.deepEqual(snapshot.coverage, { kind: 'service' }, instance.name)
    assert.deepEqual(figures(snapshot), expected, instance.name)
    assert.deepEqual(snapshot.instances.map((member) => member.instance).sort(), ['a', 'b', 'c', 'd'])
    assert.equal(snapshot.self.instance, instance.name, 'whichever is asked says who it is')
  }
})

test('users and requests in flight add up over instances, and leave with one that dies', async (t) => {
  const fleet = new FleetUnderTest(t)
  const [a, b] = [await fleet.join('a'), await fleet.join('b')]
  for (const [n, { ledger }] of [a, b].entries()) {
    for (let user = 0; user < 50; user++) ledger.loop.userSeen(userHash(`user ${n * 25 + user}`, ''))
    for (let i = 0; i < 3; i++) ledger.loop.requestStarted(0)
    log(ledger, 0, 10)
  }
  await fleet.seconds(3)
  assert.equal(a.engine.snapshot.inFlight, 6)
  assert.ok(Math.abs(a.engine.snapshot.concurrentUsers - 75) <= 4, String(a.engine.snapshot.concurrentUsers))
  fleet.kill(b)
  await fleet.seconds(61)
  assert.equal(a.engine.snapshot.inFlight, 3)
  assert.equal(a.engine.snapshot.concurrentUsers, 0)
})

test('an instance whose clock is hours behind is counted once, and stays', async (t) => {
  const fleet = new FleetUnderTest(t)
  const a = await fleet.join('a')
  await fleet.seconds(1)
  await (await fleet.store()).save(batchOf(fleet.clock.wallMs() - 2 * 3_600_000, { instance: 'behind' }))
  await fleet.seconds(5)
  const { window, instances } = a.engine.snapshot
  assert.equal(window('1day').components[0]!.counts.total, 1)
  assert.deepEqual(
    instances.map(({ instance }) => instance),
    ['a', 'behind'],
  )
})

test('users that an instance tells of whose clock is hours ahead are gone after a minute, too', async (t) => {
  const fleet = new FleetUnderTest(t)
  const a = await fleet.join('a')
  await fleet.seconds(1)
  const users = sparseUsers(new Uint8Array(4096).fill(1, 0, 50))
  const toMs = fleet.clock.wallMs() + 2 * 3_600_000
  await (await fleet.store()).save(
    batchOf(toMs, { instance: 'ahead', presence: { ...presenceOf(), users, inFlight: 3 } }),
  )
  await fleet.seconds(2)
  const before = a.engine.snapshot
  assert.ok(before.concurrentUsers > 40)
  assert.equal(before.inFlight, 3)
  await fleet.seconds(61)
  const { concurrentUsers, inFlight } = a.engine.snapshot
  assert.deepEqual([concurrentUsers, inFlight], [0, 0])
})

test('the clock is set back: an instance that starts afterwards is heard', async (t) => {
  const fleet = new FleetUnderTest(t)
  const a = await fleet.join('a')
  await fleet.seconds(2)
  fleet.clock.set(fleet.clock.wallMs() - 600_000)
  await fleet.seconds(60)
  const b = await fleet.join('b')
  b.ledger.operation('database', 'q').record(5)
  await fleet.seconds(3)
  assert.equal(a.engine.snapshot.window('1hour').components[0]?.counts.total, 1)
})

test('when the holder is killed another takes over, with everything, counted once', async (t) => {
  const fleet = new FleetUnderTest(t)
  const [a, b] = [await fleet.join('a'), await fleet.join('b')]
  for (let second = 0; second < 90; second++) {
    for (const { ledger } of [a, b]) ledger.operation('database', 'q').record(5)
    await fleet.seconds(1)
  }
  fleet.kill(a)
  let waited = 0
  while ((await fleet.answer(b)).coverage.kind !== 'service') {
    await fleet.seconds(1)
    assert.ok(++waited <= 15, 'nobody took over within 15 s')
  }
  const hour = b.engine.snapshot.window('1hour').components[0]!
  assert.equal(hour.counts.total, 180)
  assert.equal(b.engine.snapshot.window('1day').components[0]!.counts.total, 180)
  b.ledger.operation('database', 'q').record(5)
  await fleet.seconds(2)
  assert.equal(b.engine.snapshot.window('1hour').components[0]!.counts.total, 181)
  const minutes = b.engine.snapshot.gradeHistory.map(({ atMs }) => Math.floor(atMs / 60_000))
  assert.equal(new Set(minutes).size, minutes.length, 'one grade a minute')
})

type Reading = 'flushes' | 'slices' | 'events'

/** A store in which something happens whenever a reading has come to a certain point. */
function interrupted(store: Store, at: (reading: Reading, items: number) => Promise<void>): Store {
  const reading = (name: Reading) =>
    async function* (...args: readonly never[]): AsyncGenerator {
      let items = 0
      await at(name, items)
      for await (const item of Reflect.apply(store[name], store, args) as AsyncIterable<unknown>) {
        yield item
        await at(name, ++items)
      }
    }
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'flushes' || name === 'slices' || name === 'events') return reading(name)
      const value = Reflect.get(target, name, target) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

for (const moment of ['flushes', 'slices', 'events'] as const) {
  test(`a flush a minute late that comes in during a take-over, when ${moment} are read, is counted once`, async (t) => {
    const fleet = new FleetUnderTest(t)
    const other = await fleet.store()
    let flush = 0
    const late = async (): Promise<void> => {
      const toMs = fleet.clock.wallMs() - 60_000
      await other.save(batchOf(toMs, { instance: 'late', flush: ++flush }))
    }
    let taking = false
    let saved = 0
    const [a, b] = [
      await fleet.join('a'),
      await fleet.join('b', {
        through: (store) =>
          interrupted(store, async (reading) => {
            if (!taking || reading !== moment || saved === 3) return
            saved++
            await late()
          }),
      }),
    ]
    for (let second = 0; second < 90; second++) {
      if (second === 80) await late()
      for (const { ledger } of [a, b]) ledger.operation('database', 'q').record(5)
      await fleet.seconds(1)
    }
    fleet.kill(a)
    taking = true
    await fleet.seconds(15)
    const { coverage, window, instances } = b.engine.snapshot
    assert.equal(coverage.kind, 'service')
    assert.ok(saved > 0)
    for (const name of ['1hour', '1day'] as const)
      assert.equal(window(name).components[0]!.counts.total, 180 + 1 + saved, name)
    assert.deepEqual(instances.map(({ instance }) => instance).sort(), ['a', 'b', 'late'])
  })
}

for (const [what, slowly, eventsMs] of [
  ['a long day', 'slices', undefined],
  ['a day of many events', 'events', 3_600_000],
  ['many alerts of before that', 'events', 2 * 86_400_000],
] as const) {
  test(`who reads ${what} back keeps the lease meanwhile`, async (t) => {
    const fleet = new FleetUnderTest(t)
    let slow = false
    const a = await fleet.join('a')
    const b = await fleet.join('b', {
      through: (store) =>
        interrupted(store, async (reading) => {
          if (!slow || reading !== slowly) return
          fleet.clock.step(1_000)
          await c.engine.tend()
        }),
    })
    const c = await fleet.join('c')
    for (let second = 0; second < 90; second++) {
      for (const { ledger } of [a, b, c]) ledger.operation('database', 'q').record(5)
      await fleet.seconds(1)
    }
    if (eventsMs !== undefined) {
      const atMs = fleet.clock.wallMs() - eventsMs
      const events = Array.from({ length: 60 }, (_, i) => alertEvent(starting({ atMs: atMs + i })))
      await (await fleet.store()).append('shop', events)
    }
    await a.engine.flush()
    await a.engine.leave()
    fleet.kill(a)
    slow = true
    fleet.clock.step(1_000)
    // Sixty spans or events are a minute by this clock; the lease is for five seconds.
    await b.engine.tend()
    slow = false
    b.engine.turn()
    assert.deepEqual(b.engine.cycle().coverage, { kind: 'service' })
    assert.deepEqual(c.engine.snapshot.coverage.kind, 'instance')
    assert.equal(b.engine.snapshot.window('1hour').components[0]!.counts.total, 270)
  })
}

test('a holder that has died is waited for once, until one publishes again', async (t) => {
  const fleet = new FleetUnderTest(t)
  let looks = 0
  const a = await fleet.join('a')
  const b = await fleet.join('b', {
    through: (store) =>
      new Proxy(store, {
        get: (target, name) => {
          if (name === 'published') looks++
          const value = Reflect.get(target, name, target) as unknown
          return typeof value === 'function' ? value.bind(target) : value
        },
      }),
  })
  log(a.ledger, 0, 100)
  await fleet.seconds(2)
  fleet.kill(a)
  assert.equal((await b.engine.answer()).coverage.kind, 'instance')
  assert.ok(looks > 2)
  looks = 0
  fleet.clock.step(2_000)
  assert.equal((await b.engine.answer()).coverage.kind, 'instance')
  assert.equal(looks, 1)
  fleet.wake(a)
  await fleet.seconds(2)
  fleet.clock.step(1_000)
  assert.equal((await b.engine.answer()).coverage.kind, 'service')
})

test('who takes over answers what the holder said last, until it has read everything back', async (t) => {
  const fleet = new FleetUnderTest(t)
  const totals: number[] = []
  const totalOf = (snapshot: Snapshot): number =>
    snapshot.window('1hour').components.reduce((sum, { counts }) => sum + counts.total, 0)
  const a = await fleet.join('a')
  const b = await fleet.join('b', {
    through: (store) =>
      interrupted(store, async (reading) => {
        if (reading === 'slices') totals.push(totalOf(await b.engine.answer()))
      }),
  })
  log(a.ledger, 0, 100)
  await fleet.seconds(3)
  assert.equal(totalOf(await fleet.answer(b)), 100)
  assert.equal(totalOf(b.engine.snapshot), 0)
  fleet.kill(a)
  while (b.engine.snapshot.coverage.kind !== 'service') {
    await fleet.seconds(1)
    await fleet.answer(b)
  }
  assert.ok(totals.length > 0)
  assert.deepEqual(new Set(totals), new Set([100]))
})

test('a holder that leaves is followed at once', async (t) => {
  const fleet = new FleetUnderTest(t)
  const [a, b] = [await fleet.join('a'), await fleet.join('b')]
  log(a.ledger, 0, 100)
  await fleet.seconds(2)
  await a.engine.flush()
  await a.engine.leave()
  fleet.kill(a)
  await fleet.seconds(1)
  assert.deepEqual(b.engine.snapshot.coverage, { kind: 'service' })
  const total = b.engine.snapshot.window('1min').components.reduce((sum, { counts }) => sum + counts.total, 0)
  assert.equal(total, 100)
})

test('a holder that was paused too long steps down, and what it says is not published', async (t) => {
  const fleet = new FleetUnderTest(t)
  const [a, b] = [await fleet.join('a'), await fleet.join('b')]
  log(a.ledger, 0, 100)
  await fleet.seconds(2)
  assert.deepEqual(a.engine.snapshot.coverage, { kind: 'service' })
  fleet.kill(a)
  await fleet.seconds(10)
  assert.deepEqual(b.engine.snapshot.coverage, { kind: 'service' })
  // It wakes up.
  a.engine.turn()
  a.engine.cycle()
  assert.notEqual(a.engine.snapshot.coverage.kind, 'service', 'it knows by its clock, before it asks anybody')
  await a.engine.tend()
  log(b.ledger, 100, 200)
  await fleet.seconds(2)
  const total = (snapshot: Snapshot) =>
    snapshot.window('1min').components.reduce((sum, { counts }) => sum + counts.total, 0)
  assert.equal(total(b.engine.snapshot), 200)
  assert.equal(total(await fleet.answer(a)), 200)
})

test('without the store instances go on by themselves and say so, one that starts meanwhile too; afterwards everything is there, once', async (t) => {
  const fleet = new FleetUnderTest(t)
  const [a, b] = [await fleet.join('a'), await fleet.join('b')]
  for (const { ledger } of [a, b]) log(ledger, 0, 50)
  await fleet.seconds(2)
  const lock = new DatabaseSync(fleet.file)
  lock.exec('BEGIN EXCLUSIVE')
  const c = await fleet.join('c')
  assert.equal(c.engine.snapshot.self.store.name, 'sqlite')
  for (let second = 0; second < 8; second++) {
    for (const { ledger } of [a, b, c]) ledger.operation('database', 'q').record(5)
    await fleet.seconds(1)
  }
  const { coverage, window } = a.engine.snapshot
  assert.deepEqual(coverage, { kind: 'instance', reason: 'the store is out of reach' })
  for (const { engine } of [a, b, c]) assert.equal(engine.snapshot.self.store.state, 'failing')
  const { counts } = window('1min').components.find(({ component }) => component === 'database')!
  assert.equal(counts.histogram.total(), counts.total)
  lock.exec('ROLLBACK')
  lock.close()
  await fleet.seconds(5)
  const holder = [a, b, c].find(({ engine }) => engine.snapshot.coverage.kind === 'service')!
  const total = holder.engine.snapshot
    .window('5min')
    .components.reduce((sum, component) => sum + component.counts.total, 0)
  assert.equal(total, 2 * (50 + 8) + 8)
  for (const { engine } of [a, b, c]) {
    const { store, dropped } = engine.snapshot.self
    assert.deepEqual([store.state, store.queued, dropped.batches], ['ok', 0, 0])
  }
})

test('why burn rates do not fire: a member says what the holder says', async (t) => {
  const fleet = new FleetUnderTest(t)
  const alerting = { alerts: { ...alertDefaults, policies: [burnRatePolicy] } }
  const [holder, member] = [await fleet.join('a', alerting), await fleet.join('b', alerting)]
  log(holder.ledger, 0, 1000)
  log(member.ledger, 1000, 2000)
  await fleet.seconds(5)
  const [of, said] = [holder, member].map(({ engine }) => fleet.meanwhile(engine.alerts.why('database')))
  const [why] = await of!
  assert.match(why!.text, /yes {2}1 h: burns 15\.16 × the budget \(1 011 of 1 333 bad\), fires over 14\.4/)
  assert.deepEqual(await said, [why])
})

test('the store is gone for five minutes: live windows go on, and afterwards everything is there, once', async (t) => {
  const fleet = new FleetUnderTest(t)
  const [a, b] = [await fleet.join('a'), await fleet.join('b')]
  await fleet.seconds(2)
  for (const { way } of [a, b]) way.broken = true
  for (let second = 1; second <= 300; second++) {
    for (const { ledger } of [a, b]) ledger.operation('database', 'q').record(5)
    await fleet.seconds(1)
    const own = a.engine.snapshot.window('1min').components[0]!.counts.total
    assert.equal(own, Math.min(second, 60), 'what it records itself it goes on showing')
  }
  const { store, dropped } = a.engine.snapshot.self
  assert.deepEqual([store.state, store.queued, dropped.batches], ['failing', 300, 0])
  for (const { way } of [a, b]) way.broken = false
  await fleet.seconds(5)
  const holder = [a, b].find(({ engine }) => engine.snapshot.coverage.kind === 'service')!
  assert.equal(holder.engine.snapshot.window('1hour').components[0]!.counts.total, 600)
  for (const { engine } of [a, b]) assert.equal(engine.snapshot.self.store.queued, 0)
})

test('a newer Yardstick brings the file forward: the older one lets it judge, and shows what it records itself', async (t) => {
  const fleet = new FleetUnderTest(t)
  const a = await fleet.join('a')
  log(a.ledger, 0, 100)
  await fleet.seconds(2)
  assert.deepEqual(a.engine.snapshot.coverage, { kind: 'service' })
  const newer = new DatabaseSync(fleet.file)
  newer.exec('PRAGMA user_version = 99')
  newer.close()
  await fleet.seconds(2)
  log(a.ledger, 100, 150)
  await fleet.seconds(2)
  const { coverage, self, window } = a.engine.snapshot
  assert.equal(coverage.kind, 'instance')
  assert.match(self.store.lastError ?? '', /tables of version 99, this Yardstick knows up to/)
  const total = window('1min').components.reduce((sum, { counts }) => sum + counts.total, 0)
  assert.equal(total, 50)
})
