import type { Notice } from '../../alerts/notice.ts'

/** How long people waited to be told: from the first second over the limit to the delivered notice. */
export interface Delay {
  readonly lastMs: number
  readonly maxMs: number
  readonly count: number
}

/** With one more delivered notice; other reasons than `fired` tell nothing of how fast we are. */
export function withDelivered(delay: Delay | undefined, notice: Notice, atMs: number): Delay | undefined {
  if (notice.reason !== 'fired' || notice.alerts.length === 0) return delay
  const sinceMs = Math.min(...notice.alerts.map(({ evidence }) => evidence.sinceMs))
  const lastMs = Math.max(0, atMs - sinceMs)
  return { lastMs, maxMs: Math.max(lastMs, delay?.maxMs ?? 0), count: (delay?.count ?? 0) + 1 }
}
