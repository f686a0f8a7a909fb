import type { FiringAlert, PendingAlert, ResolvedAlert } from './alert.ts'
import type { Maintenance } from './maintenance.ts'
import type { Missed } from './missed.ts'
import type { Silence } from './silence.ts'
import type { SuccessEvent } from './success-event.ts'
import type { NotifierSaid } from './told.ts'

/** A deploy or a named fix, at an instant. */
export interface Change {
  readonly atMs: number
  readonly name: string
}

/** Everything that is known about alerts, as plain JSON: what a checkpoint keeps. Sorted, so that it can be compared. */
export interface BookState {
  /** Pending, firing, and of each target and policy the last one resolved. */
  readonly alerts: readonly (PendingAlert | FiringAlert | ResolvedAlert)[]
  /**
   * Of each target and policy the alert that fired last, whatever has become of it: the next one is named after it. The
   * first checkpoints had none.
   */
  readonly fired?: readonly { readonly target: string; readonly policy: string; readonly alert: string }[]
  /** Resolved alerts that have a successor, but that somebody was told of and has not heard the end of. */
  readonly closing: readonly ResolvedAlert[]
  readonly missed: readonly Missed[]
  /** The last success of each target that has had one. */
  readonly successes: readonly SuccessEvent[]
  readonly silences: readonly Silence[]
  readonly maintenance: readonly Maintenance[]
  /** The last ones, oldest first. The first checkpoints had the very last alone. */
  readonly changes?: readonly Change[]
  readonly lastChange?: Change
  readonly startedMs?: number
  readonly said: readonly NotifierSaid[]
}
