import type { Evidence } from './evidence.ts'

/** Why a notice speaks now: a notice without a reason of its own is noise. */
export type NoticeReason =
  | 'fired'
  | 'escalated'
  | 'de_escalated'
  | 'resolved'
  /** The target is met again (ratio under 1), whether or not an alert fired. */
  | 'success'
  /** Still firing, nothing new, the repeat interval is over. */
  | 'repeated'
  /** Firing, but nothing was measured for an hour. */
  | 'stale'
  /** Somebody tries out whether a notifier delivers. */
  | 'test'

export type NoticeSeverity = 'SUCCESS' | 'WARNING' | 'CRITICAL'

/** One alert as a notice tells of it. */
export interface NoticeAlert {
  /** The alert's id: the same from its first firing to its resolution. */
  readonly id: string
  readonly target: string
  readonly component: string
  readonly series?: string
  /** Its kind. */
  readonly policy: 'ratio' | 'burn_rate'
  /** Where it has one of its own: a target may be watched by several of a kind. */
  readonly policyName?: string
  readonly state: 'firing' | 'resolved'
  readonly severity: NoticeSeverity
  readonly firedMs: number
  readonly resolvedMs?: number
  /** Who ended it; absent: the target recovered. */
  readonly resolvedBy?: string
  readonly acknowledged?: { readonly by: string; readonly comment: string }
  readonly evidence: Evidence
  /** Where people read all of it, when that is known. */
  readonly url?: string
}

/** Where people read of an alert; without an id, of all that fire. */
export type AlertPage = (alert?: string) => string

/**
 * What a notifier delivers: one message about one or several alerts of a service, with a named reason for speaking
 * now. `id` is the same at every attempt and whoever delivers it, so that a receiver can drop what it has seen.
 */
export interface Notice {
  readonly id: string
  readonly reason: NoticeReason
  /** The same in words: `database: p95 61 ms, limit 25 ms, 2.44 × its limit: CRITICAL`. */
  readonly summary: string
  /** The summary without the severity of its first alert, for those who show that beside it. Default: the summary. */
  readonly title?: string
  readonly service: string
  readonly atMs: number
  /** The highest of its alerts'; SUCCESS when none fires any more. */
  readonly severity: NoticeSeverity
  /** Those that the reason is about first, the worst of them at the front. */
  readonly alerts: readonly NoticeAlert[]
  /** How many those are. Default: the first one. */
  readonly about?: number
  /** Alerts that belong to one group share it: threads, dedup and e-mail subjects hang on it. */
  readonly group: string
  /** Where people read all of it, when that is known: its one alert, or all alerts. */
  readonly url?: string
  /** Only what one instance saw: the store is out of reach. */
  readonly instanceOnly?: true
}
