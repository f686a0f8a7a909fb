import type { Target } from '../../targets/target.ts'
import type { AlertSeverity } from '../alert.ts'
import type { NoticeReason } from '../notice.ts'
import type { Operations } from '../operations.ts'
import type { AlertOptions } from '../options.ts'

/** A tale about alerts: what is measured, what people do, what has to be so. Times are ms from its start. */
export interface Scenario {
  readonly startMs: number
  readonly targets: readonly Target[]
  readonly options: AlertOptions
  readonly loads: readonly Load[]
  readonly commands: readonly Command[]
  readonly checks: readonly Check[]
  /** To the end of the last load, command or check. */
  readonly lengthMs: number
}

/** The same operations again and again, spread evenly over each interval. */
export interface Load {
  readonly component: string
  readonly series: string
  readonly fromMs: number
  readonly untilMs: number
  readonly everyMs: number
  readonly operations: readonly Operations[]
}

export type Command = { readonly atMs: number } & (
  | { readonly kind: 'start' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'change'; readonly name: string }
  | {
      readonly kind: 'silence'
      readonly target: string
      readonly forMs: number
      readonly by: string
      readonly comment: string
    }
  | {
      readonly kind: 'acknowledge'
      readonly target: string
      readonly by: string
      readonly comment: string
    }
  | { readonly kind: 'resolve'; readonly target: string; readonly by: string }
)

/** What has to be so at an instant, or at every second of a span. */
export interface Check {
  readonly line: number
  readonly text: string
  readonly fromMs: number
  readonly untilMs: number
  readonly target: string
  readonly wanted: readonly Wanted[]
}

export type Wanted =
  | { readonly kind: 'verdict'; readonly status: 'met' | 'missed' | 'unknown' }
  | {
      readonly kind: 'alert'
      readonly policy?: string
      readonly state: 'quiet' | 'pending' | 'firing' | 'resolved'
      readonly severity?: AlertSeverity
      readonly stale?: true
    }
  /** Since the target's last check; without a notifier to anybody. */
  | { readonly kind: 'notice'; readonly notifier: string; readonly reason: NoticeReason }
  | { readonly kind: 'no_notice'; readonly notifier?: string }
  /** How often since the start. */
  | { readonly kind: 'events'; readonly type: EventWord; readonly count: number }
  | { readonly kind: 'notices'; readonly notifier: string; readonly count: number }

export const EVENT_WORDS = ['fired', 'escalated', 'de_escalated', 'resolved', 'stale', 'success'] as const
export type EventWord = (typeof EVENT_WORDS)[number]
