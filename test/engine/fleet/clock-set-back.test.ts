import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { acknowledging } from '../../../src/alerts/commands.ts'
import { alertDefaults } from '../../../src/alerts/options.ts'
import type { Notifier } from '../../../src/engine/delivery.ts'
import { FleetUnderTest, type Instance } from './fleet-under-test.ts'

const HOUR_MS = 3_600_000
const BACK_MS = 1_800_000
const GOOD_MS = 10
/** 2.5 times the limit of the database. */
const BAD_MS = 62.5

/** A service of one instance at a time: each begins when the one before it was killed. */
class Restarted {
  readonly fleet: FleetUnderTest
  readonly told: string[] = []
  #now: Instance | undefined

  constructor(t: TestContext) {
    this.fleet = new FleetUnderTest(t)
  }

  /** @param backMs how far the clock is set back meanwhile */
  async restart(name: string, backMs = 0): Promise<Instance> {
    const { fleet, told } = this
    if (this.#now !== undefined) fleet.kill(this.#now)
    fleet.clock.step(20_000)
    fleet.clock.set(fleet.clock.wallMs() - backMs)
    const notifier: Notifier = {
      name: 'ops',
      deliver: async ({ reason, alerts: [alert] }) => {
        told.push(`${name}: ${reason} ${alert!.id}`)
      },
    }
    const alerts = { ...alertDefaults, graceMs: { ...alertDefaults.graceMs, afterStart: 0 } }
    this.#now = await fleet.join(name, { alerts, notifiers: [notifier] })
    return this.#now
  }

  async seconds(count: number, durationMs: number): Promise<void> {
    const database = this.#now!.ledger.operation('database', 'q')
    for (let second = 0; second < count; second++) {
      for (let i = 0; i < 50; i++) database.record(durationMs)
      await this.fleet.seconds(1)
    }
  }
}

test('a service that starts after the clock was set back measures windows of their own length at once', async (t) => {
  const service = new Restarted(t)
  await service.restart('a')
  await service.seconds(90, BAD_MS)
  const { engine } = await service.restart('b', BACK_MS)
  await service.seconds(90, GOOD_MS)
  const [found] = engine.snapshot.window('1min').components
  assert.equal(found!.counts.total, 60 * 50)
  const verdict = engine.snapshot.window('1min').verdicts.find(({ target }) => target.id === 'database')
  assert.equal(verdict!.status, 'met')
})

test('alerts from before the clock was set back go on, and end, however often the service starts again', async (t) => {
  const service = new Restarted(t)
  await service.restart('a')
  await service.seconds(70, GOOD_MS)
  await service.seconds(40, BAD_MS)
  const b = await service.restart('b', BACK_MS)
  await service.seconds(60, BAD_MS)
  const { id: alert } = (await b.engine.alerts.watch()).book.firing[0]!
  const atMs = service.fleet.clock.wallMs()
  await b.engine.alerts.decide(acknowledging({ atMs, by: 'ann', comment: 'on it', alert }))
  await service.seconds(5, BAD_MS)
  const c = await service.restart('c')
  await service.seconds(5, BAD_MS)
  const { firing } = (await c.engine.alerts.watch()).book
  assert.deepEqual(
    firing.map(({ id, acknowledged }) => [id, acknowledged?.by]),
    [[alert, 'ann']],
  )
  await service.seconds(180, GOOD_MS)
  const d = await service.restart('d')
  await service.seconds(5, GOOD_MS)
  assert.deepEqual((await d.engine.alerts.watch()).book.firing, [])
  assert.deepEqual(service.told, [`a: fired ${alert}`, `c: resolved ${alert}`])
})

for (const [what, backMs, forwardMs] of [
  ['by a service that starts then', BACK_MS, 0],
  ['once a clock that was days behind is right', 30 * HOUR_MS, 30 * HOUR_MS],
] as const) {
  test(`what was delivered while the clock is set back is not told again ${what}`, async (t) => {
    const service = new Restarted(t)
    const { clock } = service.fleet
    await service.restart('a')
    await service.seconds(70, GOOD_MS)
    clock.set(clock.wallMs() - backMs)
    await service.seconds(40, BAD_MS)
    clock.set(clock.wallMs() + forwardMs)
    const told = service.told.slice()
    assert.equal(told.length, 1)
    await service.restart('b')
    await service.seconds(5, BAD_MS)
    assert.deepEqual(service.told, told)
  })
}

test('what was over before the clock was set back does not fire again in a service that starts then', async (t) => {
  const service = new Restarted(t)
  await service.restart('a')
  await service.seconds(70, GOOD_MS)
  await service.seconds(40, BAD_MS)
  await service.seconds(150, GOOD_MS)
  const told = service.told.slice()
  assert.equal(told.length, 2)
  await service.restart('b', 300_000)
  await service.seconds(30, GOOD_MS)
  assert.deepEqual(service.told, told)
})

test('after the clock was set back by days a member says what the one that judges says', async (t) => {
  const service = new Restarted(t)
  await service.restart('a')
  await service.seconds(70, GOOD_MS)
  await service.seconds(40, BAD_MS)
  const holder = await service.restart('b', 30 * HOUR_MS)
  const member = await service.fleet.join('member')
  await service.seconds(30, GOOD_MS)
  const [known, shown] = [
    await holder.engine.alerts.watch(),
    await service.fleet.meanwhile(member.engine.alerts.watch()),
  ]
  assert.deepEqual(shown.book.firing, known.book.firing)
})
