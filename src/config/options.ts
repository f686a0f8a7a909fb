import type { IncomingMessage } from 'node:http'
import type { Logger } from '../ground/logger.ts'
import type { WindowName } from '../measure/window.ts'
import type { AlertsOptions } from './alert-options.ts'
import type { DurationOption } from './duration-option.ts'
import type { CacheLayerOption } from './layers.ts'
import type { NotifierOption } from './notifier-options.ts'

export type { DurationOption } from './duration-option.ts'

/** `"95%"` or `0.95`. */
export type ShareOption = string | number

/**
 * Where the letters end: `a` … `d` in the indicator's own unit. A latency strictly under `a` is an A, a hit rate
 * strictly over `a` is one; past `d` it is an F. Letters that are left out are taken from the default.
 *
 * @example { a: '30ms', b: '40ms', c: '50ms', d: '100ms' }
 */
export interface GradeOptions {
  readonly a?: DurationOption | ShareOption
  readonly b?: DurationOption | ShareOption
  readonly c?: DurationOption | ShareOption
  readonly d?: DurationOption | ShareOption
}

/**
 * One performance requirement: a component, perhaps some of its series, and exactly one limit.
 *
 * @example { component: 'request', series: 'GET /admin/**', p95: '250ms' }
 */
export interface TargetOptions {
  /**
   * `authentication`, `authorization`, `database`, `cache_l1`, `cache_l2`, `cache_l3`, `request`, `external`, or one
   * that your code records. Required.
   */
  readonly component: string
  /**
   * A series' name or a pattern: `*` within a path segment, `**` across. Default: the whole component.
   *
   * @example 'GET /admin/**'
   */
  readonly series?: string
  /** Names or patterns of series to leave out. Default: none. */
  readonly except?: string | readonly string[]
  /** The median has to stay strictly under this. */
  readonly p50?: DurationOption
  /** The 75th percentile has to stay strictly under this. */
  readonly p75?: DurationOption
  /** The 90th percentile has to stay strictly under this. */
  readonly p90?: DurationOption
  /** The 95th percentile has to stay strictly under this: 95 of 100 operations are ok and faster. */
  readonly p95?: DurationOption
  /** The 99th percentile has to stay strictly under this; judged from 100 operations on. */
  readonly p99?: DurationOption
  /** The 99.9th percentile has to stay strictly under this; judged from 1 000 operations on. */
  readonly 'p99.9'?: DurationOption
  /** The share of lookups that hit has to stay strictly over this. */
  readonly hitRate?: ShareOption
  /** Default: the table's where the limit is the table's, else 0.6, 0.8, 1 and 2 times the limit (or its misses). */
  readonly grades?: GradeOptions
  /** Weight in the overall grade, 0–100. Default: 1 for a component's own target (a cache layer ⅓), else 0. */
  readonly weight?: number
  /** Name in API and reports. Default: the component, with the series if there is one. */
  readonly id?: string
}

/**
 * Where figures are kept: `"memory"`, `"sqlite"`, the path of a SQLite file, the URL of a PostgreSQL database, or an
 * object. `sqlite({ … })`, `memory()` and `postgres({ … })` give such an object too, with what it holds in `options`.
 */
export type StoreOption = string | StoreOptions

export interface StoreOptions {
  readonly kind: 'sqlite' | 'memory' | 'postgres'
  /** The SQLite file, from where the application was started. Default `.yardstick/yardstick.db`. */
  readonly path?: string
  /** Largest size, in bytes or as `"256MB"`. Default 256 MB (SQLite), 16 MB (memory). */
  readonly maxBytes?: number | string
  /**
   * The PostgreSQL database: `postgres://user:password@host:5432/database?sslmode=verify-full`. Default: as `PGHOST`,
   * `PGUSER` and the other variables of `libpq` say.
   */
  readonly url?: string
  /** TLS to PostgreSQL: `true`, or what `tls.connect` takes, as texts. Default: as the URL says. */
  readonly ssl?: boolean | Readonly<Record<string, string | boolean>>
  /** The schema of PostgreSQL in which the tables lie. Default `"yardstick"`. */
  readonly schema?: string
  /** Connections to PostgreSQL at most, 2–20. Default 2. */
  readonly pool?: number
  /** No statement on PostgreSQL runs longer than this, ms. Default 10 000. */
  readonly timeoutMs?: number
  /** What `sqlite({ … })`, `memory({ … })` and `postgres({ … })` were given. */
  readonly options?: object
}

/** Who may ask over HTTP. */
export interface AccessOptions {
  /**
   * When set, whoever sends `Authorization: Bearer <token>` is answered, from anywhere; without it only direct
   * clients on the same machine are. At least 16 characters. Default: none. Environment: `YARDSTICK_TOKEN`.
   */
  readonly token?: string
  /** Host names besides the loopback ones under which a client on this machine may ask. Default: none. */
  readonly hosts?: string | readonly string[]
}

/** What may be written in `yardstick.config.ts`, and given in code. Everything is optional. */
export interface Options {
  /**
   * Name of the service: part of every key, so that different services in one store never mix. What
   * `yardstick run --service` was given comes before it. Default:
   * `YARDSTICK_SERVICE`, else `OTEL_SERVICE_NAME`, else the name in the nearest `package.json`.
   */
  readonly service?: string
  /** Performance requirements, besides the default ones or (same component, no series) in their place. */
  readonly targets?: readonly TargetOptions[]
  /** `false`: only the targets given here. Default `true`. */
  readonly defaults?: boolean
  /** The window that grades are given for unless another is asked: `1min`, `5min`, `1hour`, `1day`. Default `5min`. */
  readonly window?: WindowName
  /** Yardstick's own port, 0 for any free one, `"off"` for none. Default 9797 (the next free one if it is taken). */
  readonly port?: number | 'off' | false
  /** The address that the port listens on. Default `127.0.0.1`. */
  readonly host?: string
  /**
   * Where people reach Yardstick from outside: of its port behind a proxy, or of its mounted router. Notices link to it.
   * Default: none, and no links.
   *
   * @example 'https://perf.shop.example'
   */
  readonly publicUrl?: string
  /** Where figures are kept. Default `"sqlite"`. */
  readonly store?: StoreOption
  /** How long quarter hours and grades are kept, at least 25 h. Default `"90d"`. */
  readonly retention?: DurationOption
  /** Response headers added without code: `"none"`, `"all"` (the three `X-` headers). Default `"none"`. */
  readonly headers?: 'none' | 'all'
  /** Who gets a `Server-Timing` header: `"off"`, `"trusted"` (direct clients on this machine), `"all"`. Default `"off"`. */
  readonly serverTiming?: 'off' | 'trusted' | 'all'
  /**
   * Whether event loops and garbage collection are measured: `"off"`, `"on"`, or `"stacks"`, which also takes the stack of
   * what holds up the main thread for 100 ms or longer. That uses Node's inspector while it lasts. Default `"on"`.
   */
  readonly runtime?: 'off' | 'on' | 'stacks'
  /** Requests that are not recorded, as names or patterns such as `"GET /health"` or `"/assets/**"`. Default: none. */
  readonly ignore?: string | readonly string[]
  /**
   * Routes that are open on purpose, such as long polls, as names or patterns of series: they are recorded as `wait` and
   * kept out of `request`. Streams of server-sent events and upgrades are found without it. Default: none.
   *
   * @example 'GET /poll/:topic'
   */
  readonly waits?: string | readonly string[]
  /**
   * Routes that prove who somebody is, as names or patterns of series: they count as `authentication` too, under their own
   * name, unless something else of that component was recorded in the request. Default: those that end in `/login`,
   * `/signin`, `/sign-in` or `/token`, and those below `/auth`, for POST.
   *
   * @example ['POST /session', 'POST /api/login']
   */
  readonly logins?: string | readonly string[]
  /**
   * Which layer a cache belongs to, by its library (`lru-cache`, `keyv`, `unstorage`, `ioredis`, `redis`, `memjs`), alone or
   * with a name: the server of a Redis client or of memcached, the namespace of keyv, the driver of unstorage. Tables of
   * a database and hosts asked over HTTP become caches by it. Default: what is in memory is L1, all else L2; no table,
   * no host. Environment: `YARDSTICK_LAYERS`.
   *
   * @example { redis: 'L2', 'redis far.internal:6379': 'L3', 'table price_cache': 'L3', 'host cdn.example.com': 'L3' }
   */
  readonly layers?: Readonly<Record<string, CacheLayerOption>>
  /** Most series in a process; the rest share their component's `(other)`. Default 500. */
  readonly seriesLimit?: number
  /** Most series of one component. Default 300. */
  readonly componentLimit?: number
  /** Who may ask over HTTP. Default: direct clients on this machine. */
  readonly access?: AccessOptions
  /**
   * Whom alerts are told to, by names that you choose. Secrets are best read from the environment. Default: nobody.
   *
   * @example { oncall: slack({ url: process.env.SLACK_URL }), ops: email({ host, from, to }) }
   */
  readonly notifiers?: Readonly<Record<string, NotifierOption>>
  /**
   * When alerts fire, whom they are told, when nobody is; `"off"`: never. Default: every target, WARNING at 1.5 times its
   * limit, CRITICAL at twice.
   */
  readonly alerts?: AlertsOptions | 'off' | false
  /**
   * `true`: no figures are kept, the engine ends as soon as it has read this. The environment's `YARDSTICK_DISABLED=1`
   * goes further: the preload then loads nothing. Default `false`.
   */
  readonly disabled?: boolean
}

/** What may be given in code on top: functions that run in the application's own thread. */
export interface CodeOnlyOptions {
  /** Where the configuration file is, from the application's directory; `"off"`: there is none. Default: looked for. */
  readonly config?: string
  readonly ignore?: Options['ignore'] | ((request: IncomingMessage) => boolean)
  readonly access?: AccessOptions | ((request: IncomingMessage) => boolean)
  /** Who a request belongs to: counted as a distinct user, never kept or shown. */
  readonly user?: (request: IncomingMessage) => string | number | undefined
  /** Where Yardstick says things to people. Default: standard error. */
  readonly logger?: Logger
  /** Hears Yardstick's own errors; they never reach the application otherwise. */
  readonly onError?: (error: Error) => void
}

export type CodeOptions = Omit<Options, 'ignore' | 'access'> & CodeOnlyOptions
