import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { libraryContract } from '../../../contracts/library.ts'
import { Reading, said } from '../../../contracts/recorder/reading.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'
import { hasRedis, redisServer } from '../servers/redis.ts'
import type { TestServer } from '../servers/test-server.ts'

interface Storage {
  getItem(key: string): Promise<unknown>
  getItems(keys: readonly string[]): Promise<unknown>
  setItem(key: string, value: unknown): Promise<void>
  hasItem(key: string): Promise<boolean>
  removeItem(key: string): Promise<void>
  /** Not in all versions. */
  get?(key: string): Promise<unknown>
  del?(key: string): Promise<void>
  mount(base: string, driver: object): Storage
  dispose(): Promise<void>
}
interface Unstorage {
  createStorage(options?: object): Storage
  prefixStorage(storage: Storage, base: string): Storage
}

interface Opened {
  readonly library: Unstorage
  readonly storage: Storage
  readonly prefixed: Storage
}

const SECRET = 'session:4111111111111111'

const loadings = ['unstorage', 'unstorage110'].flatMap((name) => [
  { name, how: 'module', as: 'imported', load: () => imported<Unstorage>(name) },
  { name, how: 'patch', as: 'required', load: async () => required<Unstorage>(name) },
])

/** A driver that is not in memory, as far as it says. */
function elsewhere(): object {
  const values = new Map<string, unknown>()
  return {
    name: 'elsewhere',
    hasItem: (key: string) => values.has(key),
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: unknown) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
    getKeys: () => [...values.keys()],
  }
}

for (const { name, how, as, load } of loadings) {
  libraryContract<Opened>({
    name: `unstorage ${versionOf(name)}, ${as}`,
    skip: noLibraries,
    component: 'cache_l1',
    open: async () => {
      const library = await load()
      const storage = library.createStorage().mount('far', elsewhere())
      return { library, storage, prefixed: library.prefixStorage(storage, 'near') }
    },
    close: ({ storage }) => storage.dispose(),
    exercises: [
      {
        name: 'values that are set, read, looked for, and removed, by either name of a method',
        run: async ({ storage, prefixed }, say) => {
          say(await storage.setItem(SECRET, { a: 1 }))
          say([
            await storage.getItem(SECRET),
            await (storage.get ?? storage.getItem)('none'),
            await storage.hasItem(SECRET),
          ])
          say(await storage.getItems([SECRET, 'none']))
          await (storage.del ?? storage.removeItem)(SECRET)
          say(await prefixed.getItem('none'))
          say([storage.getItem.name, storage.getItem.length, Object.keys(storage)])
        },
        recorded: {
          'cache_l1 set': 'ok 1',
          'cache_l1 get': 'ok 3, hits 1, misses 2',
          'cache_l1 has': 'ok 1',
          'cache_l1 mget': 'ok 1, misses 1',
          'cache_l1 del': 'ok 1',
        },
      },
      {
        name: 'the layer is that of the driver',
        run: async ({ storage }, say) => {
          await storage.setItem('far:a', 'b')
          say([await storage.getItem('far:a'), await storage.getItem('a')])
          await storage.removeItem('far:a')
        },
        recorded: {
          'cache_l2 set': 'ok 1',
          'cache_l2 get': 'ok 1, hits 1',
          'cache_l1 get': 'ok 1, misses 1',
          'cache_l2 del': 'ok 1',
        },
      },
      {
        name: 'what is no key',
        run: async ({ storage }, say) => {
          await assert.rejects(
            async () => storage.getItem(7 as never),
            (error: Error) => {
              say([error.name, error.message])
              return true
            },
          )
        },
        recorded: { 'cache_l1 get': 'failed 1, misses 1' },
      },
    ],
    ways: [
      { name: 'get', ask: async ({ library }) => void (await library.createStorage().getItem('a')) },
      { name: 'another get', ask: async ({ library }) => void (await library.createStorage().getItem('b')) },
    ],
    report: { library: 'unstorage', state: 'attached', how },
  })
}

describe('unstorage in Redis', {
  skip: noLibraries ?? (hasRedis ? false : 'there is no redis-server'),
}, () => {
  const reading = new Reading()
  let detach: readonly (() => void)[]
  let server: TestServer
  before(async () => {
    detach = recorders().map((recorder) => recorder.attach(reading.ledger))
    server = await redisServer()
  })
  after(async () => {
    for (const each of detach) each()
    await server.stop()
  })

  test('what the client does is a part of it', async () => {
    const { createStorage } = required<Unstorage>('unstorage')
    const driver = required<(options: object) => object>('unstorage/drivers/redis')
    const storage = createStorage({ driver: driver({ host: '127.0.0.1', port: server.port }) })
    await storage.setItem('a', 1)
    assert.deepEqual(await Promise.all([storage.getItem('a'), storage.getItem('none')]), [1, null])
    await storage.dispose()
    assert.deepEqual(reading.outcomes(), {
      'cache_l2 set': said(1),
      'cache_l2 get': said(2),
      'cache_l2 (set)': said(1),
      'cache_l2 (get)': said(2),
    })
    assert.deepEqual(reading.errors, [])
  })
})
