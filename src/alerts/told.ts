import type { AlertSeverity } from './alert.ts'

/** What a notifier knows of an alert that it has not heard the end of. */
export interface Told {
  readonly alert: string
  readonly target: string
  readonly group: string
  readonly severity: AlertSeverity
  readonly stale: boolean
  /** How many transitions it had by then; the first versions did not keep it. */
  readonly transitions?: number
}

/** What a notifier was told, as plain JSON. */
export interface NotifierSaid {
  readonly notifier: string
  readonly told: readonly Told[]
  /** The last notice of each group that has an alert open, or that somebody still waits for a success in. */
  readonly groups: readonly { readonly group: string; readonly notice: string; readonly atMs: number }[]
  /** Targets of which an alert was told, and "met again" was not yet. */
  readonly owed: readonly { readonly target: string; readonly alert: string; readonly group: string }[]
  /** The last success event told of each target. */
  readonly successes: readonly { readonly target: string; readonly event: string }[]
}
