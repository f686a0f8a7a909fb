import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '../../src/api/routes.ts'
import { shopSlices, snapshotOf, sourceOf } from './fixture.ts'

test('a process that has ended is not among those whose last minute is told, however bad that was', async () => {
  const now = snapshotOf(shopSlices())
  const own = now.instances[0]!
  const runtime = { ...own.runtime!, delayP99Ms: 500 }
  const ended = { ...own, instance: 'ended', seenMs: now.atMs - 31_000, runtime }
  const idle = { ...own, instance: 'idle', seenMs: now.atMs - 10_000 }
  const app = api(sourceOf({ ...now, instances: [own, ended, idle] }))
  const namesOf = async (path: string): Promise<readonly string[]> => {
    const answer = await app.request(`/api/v1/performance/${path}`)
    const { instances } = (await answer.json()) as {
      readonly instances: readonly { readonly instance: string }[]
    }
    return instances.map(({ instance }) => instance)
  }
  assert.deepEqual(await namesOf('runtime'), ['instance-1', 'idle'])
  assert.deepEqual(await namesOf('instances'), ['instance-1', 'ended', 'idle'])
})
