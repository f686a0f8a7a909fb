import { libraryContract } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'

interface Cache {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown, ttlMs?: number): Promise<unknown>
  delete(key: string): Promise<unknown>
}
type Keyv = new (options?: object) => Cache
interface Loaded {
  readonly cache: Cache
  readonly elsewhere: Cache
}
type Exports = Keyv & { readonly Keyv?: Keyv; readonly default?: Keyv }

const SECRET = 'session:4111111111111111'

/** A store that is not in memory, as far as it says. */
class Elsewhere {
  readonly #values = new Map<string, unknown>()
  async get(key: string): Promise<unknown> {
    return this.#values.get(key)
  }
  async set(key: string, value: unknown): Promise<boolean> {
    this.#values.set(key, value)
    return true
  }
  async delete(key: string): Promise<boolean> {
    return this.#values.delete(key)
  }
  async clear(): Promise<void> {
    this.#values.clear()
  }
}

const loadings = [
  ...['keyv', 'keyv5'].flatMap((name) => [
    { name, how: 'module', as: 'imported', load: () => imported<Exports>(name) },
    { name, how: 'patch', as: 'required', load: async () => required<Exports>(name) },
  ]),
  // Its ES modules cannot be loaded by any Node.js.
  { name: 'keyv50', how: 'patch', as: 'required', load: async () => required<Exports>('keyv50') },
]

for (const { name, how, as, load } of loadings) {
  libraryContract<Loaded>({
    name: `keyv ${versionOf(name)}, ${as}`,
    skip: noLibraries,
    component: 'cache_l1',
    open: async () => {
      const exports = await load()
      const { Keyv, default: main } = exports
      const Cache = Keyv ?? main ?? exports
      return { cache: new Cache(), elsewhere: new Cache({ store: new Elsewhere() }) }
    },
    close: async () => {},
    exercises: [
      {
        name: 'in memory',
        run: async ({ cache }, say) => {
          say(await cache.set(SECRET, 'a'))
          say([await cache.get(SECRET), await cache.delete(SECRET), (await cache.get(SECRET)) === undefined])
        },
        recorded: {
          'cache_l1 set': 'ok 1',
          'cache_l1 get': 'ok 2, hits 1, misses 1',
          'cache_l1 del': 'ok 1',
        },
      },
      {
        name: 'elsewhere',
        run: async ({ elsewhere }, say) => {
          await elsewhere.set(SECRET, 'a')
          say([await elsewhere.get(SECRET), (await elsewhere.get('none')) === undefined])
        },
        recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 get': 'ok 2, hits 1, misses 1' },
      },
    ],
    ways: [
      { name: 'get', ask: async ({ cache }) => void (await cache.get('a')) },
      // Beside the other: neither is a part of it.
      { name: 'another get', ask: async ({ cache }) => void (await cache.get('b')) },
    ],
    report: { library: 'keyv', state: 'attached', how },
  })
}

interface Managed extends Omit<Cache, 'delete'> {
  del(key: string): Promise<unknown>
  wrap(key: string, make: () => Promise<unknown>): Promise<unknown>
}
interface Manager {
  createCache(options?: { readonly stores: readonly Cache[] }): Managed
}
interface Managers {
  readonly cache: Managed
  /** One in memory before one elsewhere. */
  readonly layered: Managed
}

const managers = [
  { as: 'imported', how: 'module', load: <T>(name: string) => imported<T>(name) },
  { as: 'required', how: 'patch', load: async <T>(name: string) => required<T>(name) },
]

for (const { as, how, load } of managers) {
  libraryContract<Managers>({
    name: `cache-manager ${versionOf('cache-manager')}, ${as}`,
    skip: noLibraries,
    component: 'cache_l1',
    open: async () => {
      const { createCache } = await load<Manager>('cache-manager')
      const { Keyv } = await load<{ readonly Keyv: Keyv }>('keyv')
      const stores = [new Keyv(), new Keyv({ store: new Elsewhere() })]
      return { cache: createCache(), layered: createCache({ stores }) }
    },
    close: async () => {},
    exercises: [
      {
        name: 'values that are set, read, and made where they are missing',
        run: async ({ cache }, say) => {
          await cache.set(SECRET, 'a')
          say(await cache.get(SECRET))
          say(await cache.wrap('made', async () => 'new'))
          say(await cache.wrap('made', async () => 'newer'))
          await cache.del('made')
        },
        recorded: {
          'cache_l1 set': 'ok 2',
          'cache_l1 get': 'ok 3, hits 2, misses 1',
          'cache_l1 del': 'ok 1',
        },
      },
      {
        name: 'stores in a row: each counts in its own layer',
        run: async ({ layered }, say) => {
          await layered.set('a', 1)
          say([await layered.get('a'), (await layered.get('none')) === undefined])
        },
        recorded: {
          'cache_l1 set': 'ok 1',
          'cache_l2 set': 'ok 1',
          'cache_l1 get': 'ok 2, hits 1, misses 1',
          'cache_l2 get': 'ok 1, misses 1',
        },
      },
    ],
    ways: [{ name: 'get', ask: async ({ cache }) => void (await cache.get('a')) }],
    report: { library: 'keyv', state: 'attached', how },
  })
}
