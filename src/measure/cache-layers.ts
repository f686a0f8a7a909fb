/** A layer of caches as a component. */
export type CacheComponent = 'cache_l1' | 'cache_l2' | 'cache_l3'

export const CACHES: readonly CacheComponent[] = ['cache_l1', 'cache_l2', 'cache_l3']

/** What can be said to belong to a layer: libraries, and with a name tables of a database and hosts asked over HTTP. */
export const CACHE_KINDS = [
  'lru-cache',
  'keyv',
  'unstorage',
  'ioredis',
  'redis',
  'memjs',
  'table',
  'host',
] as const

/** What is known of a kind of caches; asked once of each. */
export interface CacheKind {
  readonly library: (typeof CACHE_KINDS)[number]
  /** The layer where nobody says anything. */
  readonly guess: (cache: never) => CacheComponent
  /** By what the configuration may mean this one, the most particular first. */
  readonly namesOf: (cache: never) => readonly string[]
}

/**
 * Which layer a cache belongs to: what the application said of it, else what the configuration says of its name, else of
 * its library, else the recorder's own guess. The configuration comes late, so answers are remembered until it does.
 *
 * @example
 * layers.declare({ ioredis: 'cache_l3', 'ioredis cache.internal:6379': 'cache_l2', 'table price_cache': 'cache_l3' })
 * layers.of(client, { library: 'ioredis', guess: () => 'cache_l2', namesOf: () => ['cache.internal:6379'] }) // 'cache_l2'
 */
export class CacheLayers {
  #declared: ReadonlyMap<string, CacheComponent> = new Map()
  #known = new WeakMap<object, CacheComponent>()
  readonly #said = new WeakMap<object, CacheComponent>()
  /** Whether any table, and any host, is declared: most applications have none, and are not to pay for the look-up. */
  hasTables = false
  hasHosts = false

  /** @param layers by `library`, `library name`, `table name`, `host name` */
  declare(layers: Readonly<Record<string, CacheComponent>>): void {
    const entries = Object.entries(layers)
    this.#declared = new Map(entries)
    this.#known = new WeakMap()
    this.hasTables = entries.some(([key]) => key.startsWith('table '))
    this.hasHosts = entries.some(([key]) => key.startsWith('host '))
  }

  /** What the application says of one cache of its own. */
  say(cache: object, layer: CacheComponent): void {
    this.#said.set(cache, layer)
    this.#known.delete(cache)
  }

  of(cache: object, { library, guess, namesOf }: CacheKind): CacheComponent {
    const known = this.#known.get(cache)
    if (known !== undefined) return known
    const found =
      this.#said.get(cache) ?? this.#named(library, namesOf(cache as never)) ?? guess(cache as never)
    this.#known.set(cache, found)
    return found
  }

  /** The layer that a table of a database was declared to be. */
  table(name: string): CacheComponent | undefined {
    return this.#declared.get(`table ${name}`)
  }

  /** The layer that a host, asked over HTTP, was declared to be. */
  host(name: string): CacheComponent | undefined {
    return this.#declared.get(`host ${name}`)
  }

  #named(library: string, names: readonly string[]): CacheComponent | undefined {
    for (const name of names) {
      const found = this.#declared.get(`${library} ${name}`)
      if (found !== undefined) return found
    }
    return this.#declared.get(library)
  }
}
