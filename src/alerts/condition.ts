import { type AlertSeverity, rankOf } from './alert.ts'

/** What a policy says of a target at one instant. */
export type Condition =
  /** Too little was measured: nothing is known, so nothing changes. */
  | { readonly known: false }
  | {
      readonly known: true
      /** The severity whose threshold is reached now, guards included. */
      readonly over: AlertSeverity | undefined
      /** The highest severity whose recovery threshold is not left yet. */
      readonly near: AlertSeverity | undefined
    }

export const UNKNOWN: Condition = { known: false }

const LEVELS = [undefined, 'WARNING', 'CRITICAL'] as const
// Asked every second for every target: all there can be, made once.
const KNOWN: readonly Condition[] = LEVELS.flatMap((over) =>
  LEVELS.map((near): Condition => ({ known: true, over, near })),
)

export function condition(over: AlertSeverity | undefined, near: AlertSeverity | undefined): Condition {
  return KNOWN[3 * rankOf(over) + rankOf(near)]!
}
