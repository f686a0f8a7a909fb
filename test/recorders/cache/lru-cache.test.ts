import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { type Exercise, libraryContract } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'

interface Cache {
  get(key: string): unknown
  set(key: string, value: unknown): Cache
  delete(key: string): boolean
  has(key: string): boolean
  fetch(key: string): Promise<unknown>
  memo(key: string): unknown
}
interface Lru {
  readonly LRUCache: new (options: object) => Cache
}

const PATH = resolve('test/libraries/node_modules/lru-cache')
const SECRET = 'session:4111111111111111'

/** The old versions have no clock that could be stepped. */
function expired(): Promise<void> {
  return new Promise((done) => setTimeout(done, 20))
}

const exercises = (published: boolean): readonly Exercise<Lru>[] => [
  {
    name: 'a value that is set, read, and deleted',
    run: async ({ LRUCache }, say) => {
      const cache = new LRUCache({ max: 2 })
      say(cache.set(SECRET, 'a') === cache)
      say([cache.get(SECRET), cache.has(SECRET), cache.delete(SECRET), cache.get(SECRET) === undefined])
    },
    recorded: { 'cache_l1 set': 'ok 1', 'cache_l1 get': 'ok 2, hits 1, misses 1', 'cache_l1 del': 'ok 1' },
  },
  {
    name: 'what the cache throws out is not asked for',
    run: async ({ LRUCache }, say) => {
      const cache = new LRUCache({ max: 1 })
      for (const key of ['a', 'b', 'c']) cache.set(key, key)
      say([cache.get('a') === undefined, cache.get('c')])
    },
    recorded: { 'cache_l1 set': 'ok 3', 'cache_l1 get': 'ok 2, hits 1, misses 1' },
  },
  {
    name: 'values that the cache fetches',
    run: async ({ LRUCache }, say) => {
      const cache = new LRUCache({
        max: 2,
        fetchMethod: async (key: string) => {
          if (key === 'none') throw new Error('there is none')
          return key
        },
      })
      say(await cache.fetch('a'))
      say(await cache.fetch('a'))
      await assert.rejects(cache.fetch('none'), (error: Error) => {
        say(error.message)
        return true
      })
    },
    recorded: { 'cache_l1 fetch': 'ok 2, failed 1, hits 1, misses 2' },
  },
  {
    name: 'without a way to fetch it only looks',
    run: async ({ LRUCache }, say) => {
      const cache = new LRUCache({ max: 2 })
      cache.set('a', 1)
      say([await cache.fetch('a'), (await cache.fetch('b')) === undefined])
    },
    recorded: { 'cache_l1 set': 'ok 1', 'cache_l1 fetch': 'ok 2, hits 1, misses 1' },
  },
  {
    name: 'values that had expired: hits all the same where they are given, and counted apart',
    run: async ({ LRUCache }, say) => {
      const [lenient, strict] = [true, false].map((allowStale) => {
        return new LRUCache({ max: 2, ttl: 1, ttlResolution: 0, allowStale }).set('a', 1)
      })
      await expired()
      say([lenient!.get('a'), lenient!.get('a') === undefined, strict!.get('a') === undefined])
    },
    recorded: {
      'cache_l1 set': 'ok 2',
      'cache_l1 get': 'ok 3, hits 1, misses 2',
      'cache_l1 (stale)': 'ok 1',
    },
  },
  {
    name: 'values that had expired, and are given while they are fetched anew',
    run: async ({ LRUCache }, say) => {
      const options = { max: 2, ttl: 1, ttlResolution: 0, allowStale: true, ignoreFetchAbort: true }
      let fetched = 0
      const cache = new LRUCache({ ...options, fetchMethod: async () => ++fetched })
      say(await cache.fetch('a'))
      await expired()
      say(await cache.fetch('a'))
    },
    recorded: { 'cache_l1 fetch': 'ok 2, hits 1, misses 1', 'cache_l1 (stale)': 'ok 1' },
  },
  {
    name: 'values that the cache computes',
    run: async ({ LRUCache }, say) => {
      const cache = new LRUCache({ max: 2, memoMethod: (key: string) => `${key}!` })
      say([cache.memo('a'), cache.memo('a')])
    },
    recorded: { 'cache_l1 memo': published ? 'ok 2, hits 1, misses 1' : 'ok 2' },
  },
]

/** What functions of the application's ask of another cache, while one is asked. */
const others: Exercise<Lru> = {
  name: 'another cache that is read while a value is computed, fetched or thrown out',
  run: async ({ LRUCache }, say) => {
    const near = new LRUCache({ max: 2 }).set('a', 1)
    const cache = new LRUCache({
      max: 2,
      memoMethod: () => near.get('a'),
      fetchMethod: async () => near.get('none') ?? 2,
      dispose: () => void near.set('b', 1),
    })
    say([cache.memo('a'), await cache.fetch('b'), cache.delete('a')])
  },
  recorded: {
    'cache_l1 set': 'ok 2',
    'cache_l1 get': 'ok 2, hits 1, misses 1',
    'cache_l1 memo': 'ok 1',
    'cache_l1 fetch': 'ok 1, misses 1',
    'cache_l1 del': 'ok 1',
  },
}

interface Loading {
  readonly as: string
  readonly how: 'channel' | 'module' | 'patch'
  readonly load: () => Promise<Lru>
}

// The new one last: once it is loaded, it is told in every test that follows.
const loadings: readonly Loading[] = [
  { as: `${versionOf('lru-cache110')}, imported`, how: 'module', load: () => imported('lru-cache110') },
  { as: versionOf('lru-cache110'), how: 'patch', load: async () => required('lru-cache110') },
  { as: `${versionOf('lru-cache')}, imported`, how: 'channel', load: () => imported('lru-cache') },
  { as: versionOf('lru-cache'), how: 'channel', load: async () => required('lru-cache') },
  // Its package.json's `main`, not what its `exports` have for Node.js.
  { as: `${versionOf('lru-cache')}, by its path`, how: 'patch', load: async () => required(PATH) },
]

for (const { as, how, load } of loadings) {
  libraryContract<Lru>({
    name: `lru-cache ${as}`,
    skip: noLibraries,
    component: 'cache_l1',
    open: async () => {
      const lru = await load()
      // What is published is reported once all files of the package had time to run.
      await new Promise((resolve) => setImmediate(resolve))
      return lru
    },
    close: async () => {},
    exercises: how === 'channel' ? exercises(true) : [...exercises(false), others],
    ways: [
      { name: 'get', ask: async ({ LRUCache }) => void new LRUCache({ max: 1 }).get('a') },
      {
        name: 'fetch',
        ask: async ({ LRUCache }, at) => {
          const fetchMethod = async (): Promise<number> => {
            await new Promise((resolve) => setImmediate(resolve))
            at('fetching')
            return 1
          }
          const cache = new LRUCache({ max: 1, fetchMethod })
          await cache.fetch('a')
        },
      },
    ],
    report: { library: 'lru-cache', state: 'attached', how },
  })
}
