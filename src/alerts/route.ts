import type { AlertSeverity } from './alert.ts'
import type { Matcher } from './matcher.ts'

/** What a notifier hears of, and how often. Plain data; one route a notifier. */
export interface Route {
  readonly notifier: string
  /** An alert that fits any of these; empty: every alert. */
  readonly match: readonly Matcher[]
  /** Only from this severity on. Who was told of an alert hears of its end whatever its severity is then. */
  readonly from: AlertSeverity
  /** Alerts that are alike in this share a notice. */
  readonly groupBy: 'alert' | 'target' | 'component' | 'service'
  /** How long news waits for more of its group. */
  readonly groupWaitMs: number
  /** How often an alert that goes on firing is told again; `undefined`: never. */
  readonly repeatMs?: number
  /** Whether "target met again" is told: after an alert that was told, always, or never. */
  readonly success: 'after_alert' | 'always' | 'never'
}
