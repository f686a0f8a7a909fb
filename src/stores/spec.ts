import type { Clock } from '../ground/clock.ts'
import type { Logger } from '../ground/logger.ts'

/** Which store to open and how: plain data, so that it crosses threads. Made by `sqlite({ … })`, `memory()`. */
export interface StoreSpec<Kind extends string, StoreOptions extends object> {
  readonly kind: Kind
  readonly options: StoreOptions
}

/** What a store is given besides its own options. */
export interface StoreContext {
  readonly clock: Clock
  /** Hears what people must know: a corrupt file moved aside, a byte cap reached. */
  readonly logger: Logger
  /** The application's directory: relative paths start here. */
  readonly directory: string
}
