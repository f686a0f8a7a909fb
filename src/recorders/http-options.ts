import type { IncomingMessage } from 'node:http'

/** What can be chosen about the recording of HTTP requests. The functions run in the application's thread. */
export interface HttpOptions {
  /** `all`: every response shows X-Response-Time-Ms, X-Performance-Grade and X-Concurrent-Requests. Default `none`. */
  readonly headers?: 'none' | 'all'
  /**
   * Who gets a Server-Timing header with the total and each component's wall time: nobody (`off`, the default), only
   * direct clients on this machine (`trusted`), or everybody (`all`, which tells strangers about your insides).
   */
  readonly serverTiming?: 'off' | 'trusted' | 'all'
  /** The overall grade for X-Performance-Grade; without one the header is left out. */
  readonly grade?: () => string | undefined
  /** Requests that are not measured at all, e.g. a load balancer's health checks. */
  readonly ignore?: (request: IncomingMessage) => boolean
  /** Whose request it is; only a hash is kept. `setUser` comes first, address and user agent of the client last. */
  readonly user?: (request: IncomingMessage) => string | undefined
  /** Which series are long polls, e.g. `(name) => name === 'GET /poll/:id'`; they count as `wait`. */
  readonly waits?: (name: string) => boolean
  /** How long a client waits before its leaving counts as a failure (see `hasFailed`), ms. Default 1000. */
  readonly patienceMs?: number
}
