import type { Evidence } from './evidence.ts'

export type AlertSeverity = 'WARNING' | 'CRITICAL'

/**
 * Which alert it is. The id is made of what every instance that could read the store knows (service, target, policy, the
 * alert that fired before, the start of the service), not of the second in which one of them saw it begin: an instance
 * that is cut off and its successor, which see different seconds, call the same alert the same.
 */
export interface AlertIdentity {
  readonly id: string
  readonly target: string
  /** The policy's name. */
  readonly policy: string
  readonly kind: 'ratio' | 'burn_rate'
  readonly component: string
  readonly series?: string
}

export interface Acknowledgement {
  readonly by: string
  readonly comment: string
  readonly atMs: number
}

export interface QuietAlert {
  readonly state: 'quiet'
}

/** Over, but not yet for as long as the policy wants. */
export interface PendingAlert extends AlertIdentity {
  readonly state: 'pending'
  /** The first second over the WARNING factor. */
  readonly sinceMs: number
  /** From here the hold counts: `sinceMs`, later by the time in which nothing was measured. */
  readonly holdFromMs: number
  readonly unknownSinceMs?: number
}

/** What an alert is from its firing on, whether it still fires or not. */
interface FiredAlert extends AlertIdentity {
  readonly severity: AlertSeverity
  /** The highest severity it had. */
  readonly worst: AlertSeverity
  readonly sinceMs: number
  readonly firedMs: number
  /** How many transitions people were to hear of, the firing included. */
  readonly transitions: number
  /** The last of these transitions: its event and when. */
  readonly lastEvent: string
  readonly lastEventMs: number
  readonly evidence: Evidence
  readonly acknowledged?: Acknowledgement
}

export interface FiringAlert extends FiredAlert {
  readonly state: 'firing'
  /** Under the recovery threshold of CRITICAL since. */
  readonly easingFromMs?: number
  /** Under the recovery threshold of WARNING since. */
  readonly clearingFromMs?: number
  readonly unknownSinceMs?: number
  /** Nothing was measured for so long that people have to know. */
  readonly stale: boolean
}

export interface ResolvedAlert extends FiredAlert {
  readonly state: 'resolved'
  readonly resolvedMs: number
  /** Who resolved it; absent: the target recovered. */
  readonly resolvedBy?: string
}

/** A target's violation with a life, by one policy. At most one alert of a target and a policy is open. */
export type Alert = QuietAlert | PendingAlert | FiringAlert | ResolvedAlert

export const QUIET: QuietAlert = { state: 'quiet' }

export function rankOf(severity: AlertSeverity | undefined): number {
  return severity === undefined ? 0 : severity === 'WARNING' ? 1 : 2
}
