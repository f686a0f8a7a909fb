import type { Notice } from '../../alerts/notice.ts'

/** How long people waited to be told: from the first second over the limit to the delivered notice. */
export interface Delay {
  readonly lastMs: number
  readonly maxMs: number
  readonly count: number
}

/** With one more delivered notice; other reasons than `fired` tell nothing of how fast we are. */
export function withDelivered(delay: Delay | undefined, notice: Notice, atMs: number): Delay | undefined {
  // The worst of what is new stands first; what fired before in the group was told when it did.
  const [first] = notice.alerts
  if (notice.reason !== 'fired' || first === undefined) return delay
  const lastMs = Math.max(0, atMs - first.evidence.sinceMs)
  return { lastMs, maxMs: Math.max(lastMs, delay?.maxMs ?? 0), count: (delay?.count ?? 0) + 1 }
}
