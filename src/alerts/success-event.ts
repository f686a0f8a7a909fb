import type { Evidence } from './evidence.ts'

/** A target is met again (ratio under 1 for long enough), whether or not an alert fired. */
export interface SuccessEvent {
  readonly type: 'success'
  readonly id: string
  readonly atMs: number
  readonly target: string
  /** The spell of being missed that ends. */
  readonly spell: string
  readonly missedMs: number
  readonly component: string
  readonly series?: string
  readonly evidence: Evidence
  /** Notifiers that hear of every success, by then: they are owed this one, however long it is kept back. */
  readonly awaitedBy?: readonly string[]
}
