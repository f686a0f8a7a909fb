import type { WindowName } from '../measure/window.ts'
import type { Target } from '../targets/target.ts'
import type { Verdict } from '../targets/verdict.ts'
import type { BurnStand } from './burn-rate-policy.ts'
import type { Evidence } from './evidence.ts'
import { badOf } from './ratio-policy.ts'

/** What the verdict does not know: who contributes, the slowest, the last change, the load. Asked when it is needed. */
export type EvidenceDetails = Pick<Evidence, 'contributors' | 'slowest' | 'lastChange' | 'inFlight' | 'users'>

export const NO_DETAILS: EvidenceDetails = { contributors: [], inFlight: 0, users: 0 }

/** What an alert is decided on, from the verdict of its window. */
export function evidenceOf(facts: {
  readonly atMs: number
  readonly sinceMs: number
  readonly target: Target
  readonly verdict: Verdict
  readonly stand: BurnStand | undefined
  readonly details: EvidenceDetails
}): Evidence {
  const { atMs, sinceMs, target, verdict, stand, details } = facts
  const { indicator } = target
  const known = verdict.status !== 'unknown'
  const value = known ? verdict.value : 0
  const window: WindowName = '1min'
  return {
    atMs,
    sinceMs,
    window,
    indicator:
      indicator.kind === 'latency'
        ? { kind: 'latency', percentile: indicator.percentile, limitMs: indicator.limitMs, valueMs: value }
        : { kind: 'hit_rate', share: indicator.share, value },
    ratio: known ? verdict.ratio : 0,
    n: verdict.n,
    bad: badOf(verdict),
    ...(known && indicator.kind === 'latency' ? { failed: verdict.failed } : {}),
    compliance: known ? verdict.compliance : 0,
    ...(stand === undefined ? {} : { burn: burnOf(stand) }),
    ...details,
  }
}

function burnOf({ long, short, factor, capped, pair }: BurnStand): NonNullable<Evidence['burn']> {
  return { long, short, factor, capped, longMs: pair.longMs, shortMs: pair.shortMs }
}
