import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Reading, said } from '../../../contracts/recorder/reading.ts'
import { Scope } from '../../../src/measure/scope.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { noLibraries, required } from '../libraries.ts'
import { hasRedis, redisServer } from '../servers/redis.ts'
import type { TestServer } from '../servers/test-server.ts'

interface Client {
  get(key: string): Promise<unknown>
  disconnect(): void
}
interface NodeRedis {
  createClient(options: object): { connect(): Promise<NodeRedisClient> }
}
interface NodeRedisClient extends Client {
  multi(): { get(key: string): { exec(): Promise<unknown> } }
  destroy(): void
}
type Keyv = new (
  options?: object,
) => { get(key: string): Promise<unknown>; set(key: string, value: string): Promise<unknown> }
type Layers = Parameters<Reading['ledger']['layers']['declare']>[0]

describe('layers', { skip: noLibraries ?? (hasRedis ? false : 'there is no redis-server') }, () => {
  const reading = new Reading()
  const { ledger } = reading
  let detach: readonly (() => void)[]
  let server: TestServer
  let ioredis: Client
  let redis: NodeRedisClient
  before(async () => {
    detach = recorders().map((recorder) => recorder.attach(ledger))
    server = await redisServer()
    ioredis = new (required<new (options: object) => Client>('ioredis'))({
      host: '127.0.0.1',
      port: server.port,
    })
    redis = await required<NodeRedis>('redis')
      .createClient({ url: `redis://127.0.0.1:${server.port}` })
      .connect()
  })
  after(async () => {
    ioredis.disconnect()
    redis.destroy()
    for (const each of detach) each()
    await server.stop()
  })

  /** What `run` records, in a request, under this configuration. */
  async function recorded(layers: Layers, run: () => Promise<unknown>): Promise<Record<string, string>> {
    const earlier = reading.outcomes()
    ledger.layers.declare(layers)
    await ledger.scopes.run(new Scope(0), run)
    const count = (text = 'ok 0'): number => Number(/ok (\d+)/.exec(text)?.[1])
    const more = Object.entries(reading.outcomes()).map(
      ([key, now]) => [key, count(now) - count(earlier[key])] as const,
    )
    assert.deepEqual(reading.errors, [])
    return Object.fromEntries(more.filter(([, times]) => times > 0).map(([key, times]) => [key, said(times)]))
  }

  test('a client by its library, by its server, or by default', async () => {
    const both = async (): Promise<void> => {
      await Promise.all([ioredis.get('none'), redis.get('none')])
    }
    assert.deepEqual(await recorded({}, both), { 'cache_l2 get': said(2) })
    assert.deepEqual(await recorded({ ioredis: 'cache_l3' }, both), {
      'cache_l2 get': said(1),
      'cache_l3 get': said(1),
    })
    const place = `127.0.0.1:${server.port}`
    assert.deepEqual(
      await recorded({ [`ioredis ${place}/0`]: 'cache_l1', [`redis ${place}`]: 'cache_l3' }, both),
      {
        'cache_l1 get': said(1),
        'cache_l3 get': said(1),
      },
    )
    assert.deepEqual(
      await recorded({ [`redis ${place}`]: 'cache_l3' }, () => redis.multi().get('none').exec()),
      { 'cache_l3 multi': said(1) },
    )
  })

  test('what a client does for another library is a part of it, in whichever layer that is', async () => {
    const { Keyv } = required<{ readonly Keyv: Keyv }>('keyv')
    const { default: Store } = required<{
      readonly default: new (url: string) => { disconnect(force?: boolean): Promise<void> }
    }>('@keyv/redis')
    const store = new Store(`redis://127.0.0.1:${server.port}`)
    const cache = new Keyv({ store, namespace: 'far' })
    const twice = async (): Promise<void> => {
      await Promise.all([cache.get('a'), cache.get('b')])
    }
    await cache.get('a')
    assert.deepEqual(await recorded({}, twice), { 'cache_l2 get': said(2), 'cache_l2 (get)': said(2) })
    assert.deepEqual(await recorded({ 'keyv far': 'cache_l3' }, twice), {
      'cache_l3 get': said(2),
      'cache_l2 (get)': said(2),
    })
    assert.deepEqual(
      await recorded({ keyv: 'cache_l1' }, () => Promise.all([cache.get('a'), redis.get('a')])),
      {
        'cache_l1 get': said(1),
        'cache_l2 (get)': said(1),
        'cache_l2 get': said(1),
      },
    )
    await store.disconnect()
  })

  test('a cache that the application says it of', async () => {
    const { LRUCache } = required<{
      readonly LRUCache: new (options: object) => { get(key: string): unknown }
    }>('lru-cache')
    const [near, far] = [new LRUCache({ max: 1 }), new LRUCache({ max: 1 })]
    ledger.layers.say(far, 'cache_l2')
    ledger.layers.say(ioredis, 'cache_l3')
    const run = async (): Promise<unknown> => [near.get('a'), far.get('a'), await ioredis.get('a')]
    const expected = { 'cache_l1 get': said(1), 'cache_l2 get': said(1), 'cache_l3 get': said(1) }
    assert.deepEqual(await recorded({ 'lru-cache': 'cache_l1', ioredis: 'cache_l2' }, run), expected)
  })
})
