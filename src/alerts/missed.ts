/** A target that is missed, until it has been met for long enough. What is not missed has no state. */
export interface Missed {
  readonly target: string
  /** Names this spell of being missed. */
  readonly spell: string
  readonly sinceMs: number
  /** Ratio under 1 since. */
  readonly meetingFromMs?: number
}
