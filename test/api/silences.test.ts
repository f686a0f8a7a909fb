import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addingMaintenance } from '../../src/alerts/commands.ts'
import { ask, type Json, secondsAgo, send, shop } from './asking.ts'

test('a silence is added, listed, holds, and ends', async () => {
  const { app } = await shop()
  const match = { components: ['database'] }
  const added = await send(app, 'POST', '/silences', { by: 'ann', match, for: '30min' }, 201)
  assert.deepEqual([added.until, added.active], ['2026-01-10T12:30:05.000Z', true])
  assert.equal((await ask(app, '/silences')).total, 2)
  assert.equal((await ask(app, '/alerts?component=database')).alerts[0].silenced.id, added.id)
  const ended = await send(app, 'DELETE', `/silences/${added.id}`, { by: 'ann' })
  assert.equal(ended.active, false)
  assert.equal((await ask(app, '/silences')).total, 1)
  await send(app, 'DELETE', `/silences/${added.id}`, { by: 'ann' }, 404)
})

test('maintenance, once and again and again; that of the configuration stays', async () => {
  const { app } = await shop()
  const once = { by: 'ann', name: 'move', from: '2026-01-10T13:00:00+01:00', for: '2h' }
  const added = await send(app, 'POST', '/maintenance', once, 201)
  assert.deepEqual(
    [added.from, added.until, added.active],
    ['2026-01-10T12:00:00.000Z', '2026-01-10T14:00:00.000Z', true],
  )
  const nightly = {
    by: 'ann',
    name: 'nightly',
    cron: '0 3 * * *',
    duration: '1h',
    time_zone: 'Europe/Berlin',
  }
  assert.equal((await send(app, 'POST', '/maintenance', nightly, 201)).next, '2026-01-11T02:00:00.000Z')
  const { maintenance } = await ask(app, '/maintenance')
  assert.deepEqual(
    maintenance.map(({ name, configured }: Json) => [name, configured]),
    [
      ['backup', true],
      ['move', false],
      ['nightly', false],
    ],
  )
  await send(app, 'POST', '/maintenance', { ...nightly, name: 'backup' }, 409)
  await send(app, 'POST', '/maintenance', { ...nightly, for: '1h' }, 400)
  await send(app, 'POST', '/maintenance', { ...nightly, cron: '0 25 * * *', time_zone: 'Nowhere' }, 400)
  await send(app, 'DELETE', '/maintenance/backup', { by: 'ann' }, 409)
  assert.equal((await send(app, 'DELETE', '/maintenance/move', { by: 'ann' })).active, false)
  await send(app, 'DELETE', '/maintenance/move', { by: 'ann' }, 404)
  assert.equal((await ask(app, '/maintenance')).total, 2)
})

test('maintenance that is over is not listed, nor removed; what comes of it is kept back for its grace, whatever is added', async () => {
  const { app, alerting, desk } = await shop()
  const add = (name: string, fromMs: number, untilMs: number): Promise<void> => {
    const maintenance = { kind: 'once', name, match: {}, fromMs, untilMs } as const
    return desk.decide(addingMaintenance({ atMs: secondsAgo(30), by: 'ann', maintenance }))
  }
  await add('move', secondsAgo(600), secondsAgo(60))
  await add('next', secondsAgo(-600), secondsAgo(-1200))
  const { maintenance } = await ask(app, '/maintenance')
  assert.deepEqual(
    maintenance.map(({ name }: Json) => name),
    ['backup', 'next'],
  )
  await send(app, 'DELETE', '/maintenance/move', { by: 'ann' }, 404)
  assert.equal(alerting.watch.grace({ target: 'request', component: 'request' }, secondsAgo(0))?.name, 'move')
})
