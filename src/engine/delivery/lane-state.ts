import type { Circuit } from './circuit.ts'
import type { Delay } from './delay.ts'

/** How one notifier is doing, for the self page. */
export interface LaneState {
  readonly notifier: string
  readonly circuit: Circuit
  readonly queued: number
  readonly delivered: number
  /** Attempts that failed; a notice can have several. */
  readonly failed: number
  /** Notices that a full queue had to let go; they are among the dead letters. */
  readonly dropped: number
  /** Notices that came twice. */
  readonly duplicates: number
  /** Notices that another process has delivered, or has claimed. */
  readonly claimedElsewhere: number
  /** Dead letters held now. */
  readonly dead: number
  /** Dead letters that had to make room for newer ones. */
  readonly lost: number
  /** Nothing is sent before: a pause after a failure, or what the receiver asked for. */
  readonly nextAttemptMs?: number
  readonly lastError?: { readonly atMs: number; readonly message: string }
  readonly lastDeliveredMs?: number
  readonly breachToNotice?: Delay
}
