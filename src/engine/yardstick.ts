import { SafeMap } from '../ground/safe-map.ts'
import type { CacheComponent } from '../measure/cache-layers.ts'
import type { Ledger } from '../measure/ledger.ts'
import type { Operation, Timing } from '../measure/operation.ts'
import { userHash } from '../measure/users.ts'
import type { AlertCallback } from './alerting/alert-listeners.ts'
import { type Decorator, decorator } from './decorator.ts'
import { NamedOperations } from './named-operations.ts'
import { shown } from './shown.ts'
import { type FetchHandler, fetchHandler } from './thread/fetch-handler.ts'
import { type AccessRule, type Handler, mount } from './thread/mount.ts'
import type { EngineThread } from './thread/thread.ts'
import type {
  CacheLayer,
  CacheOperation,
  CacheOptions,
  DatabaseOptions,
  RecordOptions,
  TrackCache,
  TrackDatabase,
  TrackUser,
  UserOptions,
} from './tracking.ts'

const COMPONENT_OF_LAYER = new SafeMap<unknown, CacheComponent>([
  ['L1', 'cache_l1'],
  ['L2', 'cache_l2'],
  ['L3', 'cache_l3'],
])

/**
 * What a user holds: records operations in this thread, and reaches the engine that judges them. All methods can be
 * taken off it (`const { track } = yardstick()`). Whatever they are given, your function runs once and what it returns
 * or throws is passed on; but for `operation` none throws anything else: what could not be understood is recorded under
 * `(other)` or left out, counted, and said on the self page.
 */
export class Yardstick {
  readonly #ledger: Ledger
  readonly #operations: NamedOperations
  readonly #engine: EngineThread | undefined
  #access: AccessRule | undefined

  /** @param engine absent in worker threads: the main thread has the engine */
  constructor(ledger: Ledger, engine: EngineThread | undefined) {
    this.#ledger = ledger
    this.#operations = new NamedOperations(ledger)
    this.#engine = engine
    this.fetch = fetchHandler(engine, ledger)
  }

  /**
   * Runs `fn` and records it as one operation of `component`; a throw or a rejection counts as failed. Returns what
   * `fn` returns.
   *
   * @example
   * const price = await ys.track('pricing', 'quote', () => quote(basket))
   */
  readonly track = <T>(component: string, name: string, fn: () => T): T => {
    if (typeof fn === 'function') return this.#operations.find(component, name).track(fn)
    this.#ledger.swallow('track', `expected a function, got ${shown(fn)}`)
    return undefined as T
  }

  /**
   * Starts an operation that ends with its handle: `using timing = ys.start('pricing', 'quote')`. Prefer `track`:
   * a handle counts as ok unless `fail` is called on it.
   */
  readonly start = (component: string, name: string): Timing => this.#operations.find(component, name).start()

  /**
   * One operation, found once, for code that runs very often: `quote.track(fn)` saves the look-up of two names.
   *
   * @throws YardstickError `YS_NAME` when component or name is no text or empty
   */
  readonly operation = (component: string, name: string): Operation =>
    this.#operations.demand(component, name)

  /** Records an operation that was timed elsewhere and ended just now. */
  readonly record = (
    component: string,
    name: string,
    durationMs: number,
    options: RecordOptions = {},
  ): void => {
    let failed = false
    let hit: unknown
    try {
      failed = Boolean(options?.failed)
      hit = options?.hit
    } catch {
      this.#operations.unreadable('record')
    }
    const known = hit === undefined || hit === null ? undefined : Boolean(hit)
    this.#operations.find(component, name).record(durationMs, failed, known)
  }

  /**
   * Names the user of the running request, for `concurrent_users`. Hashed at once; never kept or shown. What is no text
   * or number is ignored.
   */
  readonly setUser = (id: string | number): void => {
    if (typeof id !== 'string' && typeof id !== 'number') return
    const hash = userHash(String(id), '')
    const scope = this.#ledger.scopes.getStore()
    if (scope === undefined) this.#ledger.loop.userSeen(hash)
    else scope.user = hash
  }

  /**
   * Records a proof of identity. A refused login that returns normally is a good operation.
   *
   * @example
   * await ys.trackAuthentication('jwt_validation', { userId }, () => verify(token))
   */
  readonly trackAuthentication: TrackUser = this.#ofUser('authentication')

  /** Records a permission check. A denial that returns normally is a good operation. */
  readonly trackAuthorization: TrackUser = this.#ofUser('authorization')

  /**
   * Records a query.
   *
   * @example
   * await ys.trackDatabase({ query: 'user_lookup', table: 'users' }, () => db.query(sql, [id]))
   */
  readonly trackDatabase: TrackDatabase = (<T>(options: DatabaseOptions, fn?: () => T) => {
    return run(this.#operations.ofQuery(options), fn)
  }) as TrackDatabase

  /**
   * Records a cache operation. Say whether a read hit with `setHit`; a `get` that does not say counts as a miss
   * when it gives `undefined` or `null`, or fails, else as a hit.
   *
   * @example
   * const user = ys.trackCache('L1', 'get', { key }, (read) => {
   *   const value = cache.get(key)
   *   read.setHit(value !== undefined)
   *   return value
   * })
   */
  readonly trackCache: TrackCache = (<T>(
    layer: CacheLayer,
    op: CacheOperation,
    _options: CacheOptions,
    fn?: (read: Timing) => T,
  ) => {
    const named = COMPONENT_OF_LAYER.get(layer)
    const component = named ?? (typeof layer === 'string' ? (layer as string).toLowerCase() : layer)
    const timing = this.#operations.find(component, op).start()
    if (typeof fn !== 'function') return timing
    return timing.follow(fn, op === 'get' ? isHit : undefined)
  }) as TrackCache

  /**
   * Says which layer a cache of a library's belongs to, where its name in the configuration cannot: an `LRUCache`, a
   * `Keyv`, a client.
   *
   * @returns the cache itself
   * @example
   * const near = ys.cacheLayer('L1', new Redis({ path: '/run/redis.sock' }))
   */
  readonly cacheLayer = <T extends object>(layer: CacheLayer, cache: T): T => {
    const component = COMPONENT_OF_LAYER.get(layer)
    const isCache = (typeof cache === 'object' || typeof cache === 'function') && cache !== null
    if (component !== undefined && isCache) this.#ledger.layers.say(cache, component)
    else
      this.#ledger.swallow(
        'cacheLayer',
        `expected "L1", "L2" or "L3" and a cache, got ${typeof layer} and ${typeof cache}`,
      )
    return cache
  }

  /**
   * A decorator for methods: every call is one operation of the component.
   *
   * @example
   * class Prices { @tracked('pricing', 'quote') quote() { … } }
   */
  readonly tracked = (component: string, name: string): Decorator =>
    decorator((fn) => this.track(component, name, fn))

  readonly trackDatabasePerformance = (options: DatabaseOptions): Decorator =>
    decorator((fn) => this.trackDatabase(options, fn))

  readonly trackAuthenticationPerformance = (name: string): Decorator =>
    decorator((fn) => this.trackAuthentication(name, {}, fn))

  readonly trackAuthorizationPerformance = (name: string): Decorator =>
    decorator((fn) => this.trackAuthorization(name, {}, fn))

  readonly trackCachePerformance = (layer: CacheLayer, op: CacheOperation): Decorator =>
    decorator((fn) => this.trackCache(layer, op, {}, fn))

  /**
   * A middleware that makes responses show X-Response-Time-Ms, X-Performance-Grade and X-Concurrent-Requests. Requests
   * are measured without it.
   *
   * @example
   * app.use(ys.middleware())
   */
  readonly middleware = (): Handler => (_request, _response, next) => {
    const scope = this.#ledger.scopes.getStore()
    if (scope !== undefined) scope.shown = true
    if (typeof next === 'function') next()
  }

  /**
   * The API as a handler `(request, response, next)` of Node's own: answers below `/api/v1/performance` and passes
   * everything else on. To be mounted before what reads bodies: of a body that was read it takes what a parser has left
   * in `request.body`.
   *
   * @example
   * app.use(ys.router())
   * @example
   * const api = ys.router()
   * fastify.addHook('onRequest', (request, reply, done) => api(request.raw, reply.raw, done))
   */
  readonly router = (): Handler => mount(this.#engine, this.#ledger, () => this.#access)

  /**
   * The API as a fetch handler, for frameworks whose requests are those of fetch.
   *
   * @example
   * app.all('/api/v1/performance/*', (c) => ys.fetch(c.req.raw, { remoteAddress: c.env.incoming.socket.remoteAddress }))
   */
  readonly fetch: FetchHandler

  /**
   * Calls `callback` with what happens to alerts: fired, escalated, resolved, met again. It may be async; one that fails
   * or hangs is counted and hurts nothing. In every process that registers one; for once a fleet use a notifier.
   *
   * @returns takes it off again
   * @example ys.onAlert(({ type, severity, text }) => log.warn({ type, severity }, text))
   */
  readonly onAlert = (callback: AlertCallback): (() => void) => {
    if (typeof callback === 'function') return this.#engine?.onAlert(callback) ?? (() => {})
    this.#ledger.swallow('onAlert', `expected a function, got ${shown(callback)}`)
    return () => {}
  }

  /** The URL of Yardstick's own port once the engine runs; `undefined` when it opens none. */
  readonly ready = async (): Promise<string | undefined> => this.#engine?.ready()

  /** Saves what is not saved yet and ends the engine. Recording goes on, but nobody reads it any more. */
  readonly stop = async (): Promise<void> => {
    await this.#engine?.stop()
  }

  /** @internal */
  useAccess(rule: AccessRule): void {
    this.#access = rule
  }

  #ofUser(component: string): TrackUser {
    return (<T>(name: string, options: UserOptions, fn?: () => T) => {
      try {
        const userId = (options as UserOptions | null | undefined)?.userId
        if (userId !== undefined) this.setUser(userId)
      } catch {
        this.#operations.unreadable(component)
      }
      return run(this.#operations.find(component, name), fn)
    }) as TrackUser
  }
}

function run<T>(operation: Operation, fn: (() => T) | undefined): T | Timing {
  return typeof fn === 'function' ? operation.track(fn) : operation.start()
}

function isHit(value: unknown): boolean {
  return value !== undefined && value !== null
}
