import { YardstickError } from '../ground/errors.ts'
import { type Ledger, OTHER } from '../measure/ledger.ts'
import type { Operation, Timing } from '../measure/operation.ts'
import { queryNames } from '../measure/query-names.ts'
import { userHash } from '../measure/users.ts'
import { type Decorator, decorator } from './decorator.ts'
import { type FetchHandler, fetchHandler } from './fetch-handler.ts'
import { type AccessRule, type Handler, mount } from './mount.ts'
import type { EngineThread } from './thread.ts'

export interface UserOptions {
  /** Counts as a distinct user (hashed at once; never kept or shown). */
  readonly userId?: string | number
}

export interface DatabaseOptions {
  /** SQL, of which only a summary such as `SELECT users` is kept, or a name without white space. */
  readonly query: string
  /** The table, where the query is only a name. */
  readonly table?: string
}

export type CacheLayer = 'L1' | 'L2' | 'L3'
export type CacheOperation = 'get' | 'set' | 'del'

export interface CacheOptions {
  /** For your own reading of the code: keys are never kept or shown. */
  readonly key?: string
}

export interface RecordOptions {
  readonly failed?: boolean
  /** For a cache read: whether it was a hit. */
  readonly hit?: boolean
}

const COMPONENT_OF_LAYER = { L1: 'cache_l1', L2: 'cache_l2', L3: 'cache_l3' } as const
const names = queryNames()

/**
 * What a user holds: records operations in this thread, and reaches the engine that judges them. All methods can be
 * taken off it (`const { track } = yardstick()`), and none of them throws but what your own function throws.
 */
export class Yardstick {
  readonly #ledger: Ledger
  readonly #engine: EngineThread | undefined
  #access: AccessRule | undefined

  /** @param engine absent in worker threads: the main thread has the engine */
  constructor(ledger: Ledger, engine: EngineThread | undefined) {
    this.#ledger = ledger
    this.#engine = engine
    this.fetch = fetchHandler(engine)
  }

  /**
   * Runs `fn` and records it as one operation of `component`; a throw or a rejection counts as failed. Returns what
   * `fn` returns.
   *
   * @example
   * const price = await ys.track('pricing', 'quote', () => quote(basket))
   */
  readonly track = <T>(component: string, name: string, fn: () => T): T =>
    this.#find(component, name).track(fn)

  /**
   * Starts an operation that ends with its handle: `using timing = ys.start('pricing', 'quote')`. Prefer `track`:
   * a handle counts as ok unless `fail` is called on it.
   */
  readonly start = (component: string, name: string): Timing => this.#find(component, name).start()

  /**
   * One operation, found once, for code that runs very often: `quote.track(fn)` saves the look-up of two names.
   *
   * @throws YardstickError `YS_NAME` when component or name is no text or empty
   */
  readonly operation = (component: string, name: string): Operation => {
    if (!isName(component) || !isName(name)) throw new YardstickError('YS_NAME', badName(component, name))
    return this.#ledger.operation(component, name)
  }

  /** Records an operation that was timed elsewhere and ended just now. */
  readonly record = (
    component: string,
    name: string,
    durationMs: number,
    options: RecordOptions = {},
  ): void => {
    this.#find(component, name).record(durationMs, options.failed, options.hit)
  }

  /** Names the user of the running request, for `concurrent_users`. Hashed at once; never kept or shown. */
  readonly setUser = (id: string | number): void => {
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
    const operation = this.#find('database', databaseName(options))
    return fn === undefined ? operation.start() : operation.track(fn)
  }) as TrackDatabase

  /**
   * Records a cache operation. Say whether a read hit with `setHit`; a `get` that does not say counts as a miss
   * when it gives `undefined` or `null`, else as a hit.
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
    const operation = this.#find(COMPONENT_OF_LAYER[layer] ?? String(layer).toLowerCase(), op)
    const timing = operation.start()
    if (fn === undefined) return timing
    return timing.follow(() => fn(timing), op === 'get' ? isHit : undefined)
  }) as TrackCache

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
    next?.()
  }

  /**
   * The API as a handler `(request, response, next)` for Express and its kin: answers below `/api/v1/performance`
   * and passes everything else on.
   *
   * @example
   * app.use(ys.router())
   */
  readonly router = (): Handler => mount(this.#engine, this.#ledger, () => this.#access)

  /**
   * The API as a fetch handler, for everything that is not Express.
   *
   * @example
   * app.get('/api/v1/performance/*', (c) => ys.fetch(c.req.raw, { remoteAddress: c.env.incoming.socket.remoteAddress }))
   */
  readonly fetch: FetchHandler

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

  #find(component: string, name: string): Operation {
    if (isName(component) && isName(name)) return this.#ledger.operation(component, name)
    this.#ledger.swallow('record', badName(component, name))
    return this.#ledger.operation(isName(component) ? component : OTHER, isName(name) ? name : OTHER)
  }

  #ofUser(component: string): TrackUser {
    return (<T>(name: string, options: UserOptions, fn?: () => T) => {
      if (options.userId !== undefined) this.setUser(options.userId)
      const operation = this.#find(component, name)
      return fn === undefined ? operation.start() : operation.track(fn)
    }) as TrackUser
  }
}

export interface TrackUser {
  <T>(name: string, options: UserOptions, fn: () => T): T
  (name: string, options: UserOptions): Timing
}

export interface TrackDatabase {
  <T>(options: DatabaseOptions, fn: () => T): T
  (options: DatabaseOptions): Timing
}

export interface TrackCache {
  <T>(layer: CacheLayer, op: CacheOperation, options: CacheOptions, fn: (read: Timing) => T): T
  (layer: CacheLayer, op: CacheOperation, options: CacheOptions): Timing
}

function databaseName({ query, table }: DatabaseOptions): string {
  const name = names.name(query)
  return table === undefined || name !== query ? name : `${name} ${table}`
}

function isHit(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function badName(component: unknown, name: unknown): string {
  return `expected component and name to be texts that are not empty, got ${JSON.stringify(component)} and ${JSON.stringify(name)}`
}
