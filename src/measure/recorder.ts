import type { Ledger } from './ledger.ts'

/** Undoes what `attach` did, as far as that is possible. */
export type Detach = () => void

/**
 * Watches one library or protocol in an application thread and records its operations. Whatever goes wrong in it is
 * caught, given to `ledger.swallow` and never reaches the application.
 */
export interface Recorder {
  readonly name: string
  /** The libraries that it waits for; absent where it records from the start. */
  readonly libraries?: readonly string[]
  attach(ledger: Ledger): Detach
}
