import type { AlertIdentity, AlertSeverity } from './alert.ts'
import type { BookState } from './book-state.ts'
import type { Evidence } from './evidence.ts'
import type { Maintenance } from './maintenance.ts'
import type { NoticeReason } from './notice.ts'
import type { Silence } from './silence.ts'
import type { SuccessEvent } from './success-event.ts'

/** The kind under which a store keeps these events. */
export const ALERT_EVENT_KIND = 'alert'

interface Head {
  /** The same from whoever makes the event: a successor that repeats it makes the same id. */
  readonly id: string
  readonly atMs: number
}

interface OfAlert extends Head {
  readonly alert: string
  readonly target: string
  readonly policy: string
}

/** What people are to hear of, numbered within its alert. */
interface Spoken extends OfAlert {
  readonly transition: number
  readonly severity: AlertSeverity
  readonly evidence: Evidence
}

/** Why a pending alert came to nothing: under its threshold, nothing measured, or begun by a clock set back since. */
export type WithdrawnReason = 'under' | 'unknown' | 'clock_set_back'

/** A transition of one alert. */
export type TransitionEvent =
  | (OfAlert & { readonly type: 'pending'; readonly identity: AlertIdentity })
  | (OfAlert & { readonly type: 'withdrawn'; readonly reason: WithdrawnReason })
  | (Spoken & { readonly type: 'fired'; readonly identity: AlertIdentity; readonly sinceMs: number })
  | (Spoken & { readonly type: 'escalated' | 'de_escalated' })
  | (Spoken & { readonly type: 'resolved'; readonly by?: string })
  | (OfAlert & { readonly type: 'stale'; readonly transition: number })
  /** A hold begins (under the recovery threshold of `from`) or is broken. */
  | (OfAlert & { readonly type: 'recovering' | 'relapsed'; readonly from: AlertSeverity })
  /** Nothing is measured: every hold stands still. */
  | (OfAlert & { readonly type: 'frozen' | 'thawed' })

interface OfSpell extends Head {
  readonly target: string
  readonly spell: string
}

/** A target's own tale, whatever its alerts do. */
export type TargetEvent = (OfSpell & { readonly type: 'missed' | 'meeting' | 'faltered' }) | SuccessEvent

/** What people and the service's surroundings do. */
export type HumanEvent =
  | (Head & {
      readonly type: 'acknowledged'
      readonly alert: string
      readonly by: string
      readonly comment: string
    })
  | (Head & { readonly type: 'silenced'; readonly silence: Silence })
  | (Head & { readonly type: 'silence_ended'; readonly silence: string; readonly by: string })
  | (Head & { readonly type: 'maintenance_added'; readonly maintenance: Maintenance; readonly by: string })
  | (Head & { readonly type: 'maintenance_removed'; readonly maintenance: string; readonly by: string })
  /** A deploy or a named fix. */
  | (Head & { readonly type: 'changed'; readonly name: string })
  /** The service started; not its engine's thread, and not one more replica of it. */
  | (Head & { readonly type: 'started' })

/** A notice was decided on: what it tells of is said, for this notifier. */
export type SaidEvent = Head & {
  readonly type: 'said'
  readonly notifier: string
  readonly group: string
  readonly reason: NoticeReason
  readonly alerts: readonly {
    readonly alert: string
    readonly target: string
    readonly severity: AlertSeverity
    readonly resolved: boolean
    readonly stale: boolean
    readonly transitions?: number
  }[]
  /** Success events that this notice tells of, or that need no word any more. */
  readonly successes: readonly { readonly target: string; readonly event?: string }[]
}

/** Everything before is in here: who restores needs no older event. */
export type CheckpointEvent = Head & { readonly type: 'checkpoint'; readonly state: BookState }

/**
 * Something that happened to alerts. Plain JSON; alerts, acknowledgements, silences, maintenance, changes and what has
 * been said are folds over these.
 */
export type AlertEvent = TransitionEvent | TargetEvent | HumanEvent | SaidEvent | CheckpointEvent

/** What people decide, and what they resolve by hand. */
export function isHuman(
  event: AlertEvent,
): event is HumanEvent | Extract<AlertEvent, { readonly type: 'resolved' }> {
  switch (event.type) {
    case 'acknowledged':
    case 'silenced':
    case 'silence_ended':
    case 'maintenance_added':
    case 'maintenance_removed':
    case 'changed':
    case 'started':
      return true
    case 'resolved':
      return event.by !== undefined
    default:
      return false
  }
}
