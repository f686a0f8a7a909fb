import type { Keep } from '../tiers.ts'

export const DEFAULT_SCHEMA = 'yardstick'
export const DEFAULT_POOL = 2
export const DEFAULT_TIMEOUT_MS = 10_000

export interface PostgresOptions {
  /**
   * `postgres://user:password@host:5432/database?sslmode=verify-full`. Default: as `libpq`'s environment variables
   * (`PGHOST`, `PGUSER`, …) say.
   */
  readonly url?: string
  /** TLS: `true`, or what `tls.connect` takes (`ca`, `cert`, `key`, …) as texts. Default: as the URL says. */
  readonly ssl?: boolean | Readonly<Record<string, unknown>>
  /** The schema of Yardstick's own in which the tables lie. Default `yardstick`. */
  readonly schema?: string
  /** Connections at most, 2 or more. Default 2. */
  readonly pool?: number
  /** No statement of ours runs longer. Default 10 s. */
  readonly timeoutMs?: number
  /** Retention. Defaults: seconds 10 min, minutes 25 h, quarter hours and events 90 days. */
  readonly keep?: Partial<Keep>
}
