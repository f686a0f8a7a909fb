import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { random } from '../../examples/shop/random.ts'
import { AlertingService } from './alerting-service.ts'

const SERVICES = 5
const KILLS = 10
/** Of the beginning and the end of an alert. */
const DELIVERIES = 2
// A failure is found again by its moments: YARDSTICK_SEED=… node --test test/chaos/alerts.test.ts
const SEED = Number(process.env.YARDSTICK_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** Kills whoever judges again and again while alerts fire, and afterwards looks whether anybody missed anything. */
async function survives(t: TestContext, processes: number, seed: number): Promise<string> {
  const service = await AlertingService.start(processes, random(seed))
  t.after(() => service.close())
  const { book } = service
  for (let kill = 0; kill < KILLS; kill++) await service.kill()
  const fired = book.notices.filter(({ reason }) => reason === 'fired').length
  assert.ok(fired >= KILLS, `only ${fired} alerts were told of between the kills`)
  // Nobody has got stuck: neither in silence nor in alarm.
  await service.settle('bad')
  await service.settle('good')

  const alerts = await service.alerts()
  const known = new Set(alerts.map(({ id }) => id))
  const told = new Set(book.notices.flatMap((notice) => notice.alerts.map(({ id }) => id)))
  assert.deepEqual(
    [...told].filter((id) => !known.has(id)),
    [],
    'nothing was told that history does not know',
  )
  for (const { id, target, status } of alerts) {
    const which = `${target} ${id}, seed ${seed}`
    assert.equal(status, 'resolved', which)
    const timeline = await service.timeline(id, DELIVERIES)
    for (const type of ['fired', 'resolved']) {
      assert.equal(timeline.filter((one) => one === type).length, 1, `${which}: ${type} in ${timeline}`)
      assert.equal(book.ids(id, type).length, 1, `${which}: notices of ${type}`)
    }
    const delivered = timeline.filter((type) => type === 'delivered').length
    assert.ok(delivered >= DELIVERIES, `${which}: delivered in ${timeline}`)
  }
  assert.deepEqual(book.overlaps, [], 'no two alerts of one target at once')
  return `${alerts.length} alerts, ${book.notices.length} notices, ${book.repeats} of them again under their id`
}

// Side by side: they mostly wait.
suite('the process that judges is killed while alerts fire', { concurrency: true }, () => {
  test('50 times, one process a service: each alert is told, none under two ids, history is whole', async (t) => {
    t.diagnostic(`YARDSTICK_SEED=${SEED}`)
    const seeds = Array.from({ length: SERVICES }, (_, n) => SEED + n)
    const ends = await Promise.allSettled(seeds.map((seed) => survives(t, 1, seed)))
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason
      t.diagnostic(end.value)
    }
  })

  test('10 times, two processes with one file: the same', async (t) => {
    t.diagnostic(`YARDSTICK_SEED=${SEED}`)
    t.diagnostic(await survives(t, 2, SEED))
  })
})
