import type { Keep } from '../tiers.ts'

export const DEFAULT_PATH = '.yardstick/yardstick.db'

export interface SqliteOptions {
  /** The file; relative to where the application was started. Default `.yardstick/yardstick.db`. */
  readonly path?: string
  /** The file does not stay larger than this. Default 256 MiB. Its write-ahead log comes on top (a few MB). */
  readonly maxBytes?: number
  /** Retention. Defaults: seconds 10 min, five seconds 2 h, minutes 25 h, quarter hours and events 90 days. */
  readonly keep?: Partial<Keep>
}
