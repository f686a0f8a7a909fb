import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '../../src/api/routes.ts'
import { AlertDesk } from '../../src/engine/alerting/alert-desk.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { alertingShop, alertsOf, shopSlices, snapshotOf, sourceOf } from './fixture.ts'

/** Another process of the shop, that does not judge: all it knows of alerts is in the store. */
async function member() {
  const holder = await alertingShop()
  let snapshot: Snapshot = snapshotOf(shopSlices())
  const { alerting } = alertsOf(snapshot)
  const desk = new AlertDesk({
    ...{ service: snapshot.service, store: holder.store, alerting },
    judges: () => false,
    snapshot: async () => snapshot,
  })
  const app = api({ ...sourceOf(snapshot, undefined, desk), snapshot: () => snapshot })
  const nextCycle = (): void => {
    snapshot = { ...snapshot, cycle: snapshot.cycle + 1 }
  }
  const active = async (): Promise<readonly { readonly id: string; readonly acknowledged: unknown }[]> => {
    const { alerts } = (await (await app.request('/api/v1/performance/alerts')).json()) as {
      readonly alerts: readonly { readonly id: string; readonly acknowledged: unknown }[]
    }
    return alerts
  }
  return { holder, app, nextCycle, active }
}

test('a member says of alerts what the instance that judges says', async () => {
  const { holder, active } = await member()
  const path = '/api/v1/performance/alerts'
  const { alerts } = (await (await api(holder.source).request(path)).json()) as { readonly alerts: unknown }
  assert.deepEqual(await active(), alerts)
})

test('the answers of a cycle agree; what the member itself is told shows at once', async () => {
  const { holder, app, nextCycle, active } = await member()
  const [request, database] = await active()
  const event = holder.alerting.watch.resolving({
    ...{ alert: database!.id, by: 'ben', atMs: holder.clock.wallMs() },
  })
  await holder.desk.decide(event!)
  assert.equal((await active()).length, 2)
  nextCycle()
  assert.deepEqual(
    (await active()).map(({ id }) => id),
    [request!.id],
  )
  const acknowledged = await app.request(`/api/v1/performance/alerts/${request!.id}/acknowledge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"by":"cat"}',
  })
  assert.equal(acknowledged.status, 200)
  assert.ok((await active())[0]!.acknowledged)
})
