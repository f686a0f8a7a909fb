import type { Clock } from '../ground/clock.ts'

/** Which notifier to open and how: plain data, so that it crosses threads. Made by `slack({ … })`, `email({ … })`, …. */
export interface NotifierSpec<Kind extends string, NotifierOptions extends object> {
  readonly kind: Kind
  readonly options: NotifierOptions
}

/** What a notifier is given besides its own options. */
export interface NotifierContext {
  /** As the configuration calls it. */
  readonly name: string
  readonly clock: Clock
}
