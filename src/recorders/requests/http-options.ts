import type { IncomingMessage } from 'node:http'

/**
 * How HTTP requests are recorded. Read anew for each request, because a configuration file is known only after the
 * first ones: whoever owns the object may change it. The functions run in the application's thread.
 */
export interface HttpOptions {
  /** `all`: responses show X-Response-Time-Ms, X-Performance-Grade, X-Concurrent-Requests. Default `none`. */
  readonly headers?: 'none' | 'all'
  /**
   * Who gets a Server-Timing header with the total and each component's wall time: nobody (`off`, the default), only
   * direct clients on this machine (`trusted`), or everybody (`all`, which tells strangers about your insides).
   */
  readonly serverTiming?: 'off' | 'trusted' | 'all'
  /** The overall grade for X-Performance-Grade; without one the header is left out. */
  readonly grade?: () => string | undefined
  /**
   * Requests that are not measured at all, as patterns over `METHOD /path`, or over the path alone where they start
   * with a slash. Default: none.
   *
   * @example ['GET /healthz', '/assets/**']
   */
  readonly ignore?: readonly string[]
  /** Further requests that are not measured. Default: none. */
  readonly ignoreIf?: (request: IncomingMessage) => boolean
  /**
   * Whose request it is; only a hash is kept. A user named by `setUser` comes first; where neither knows, the
   * client's address and user agent stand for one.
   */
  readonly user?: (request: IncomingMessage) => string | number | undefined
  /**
   * Series that are long polls, as patterns: intentional waits as streams are. Default: none.
   *
   * @example ['GET /poll/:topic']
   */
  readonly waits?: readonly string[]
  /**
   * Series that are logins, as patterns: they count as `authentication` too, unless an operation of that component was
   * recorded in the request. Default: `LOGIN_ROUTES`.
   */
  readonly logins?: readonly string[]
  /** How long a client waits before its leaving counts as a failure (see `hasFailed`), ms. Default 1000. */
  readonly patienceMs?: number
}
