import type { WindowView } from '../measure/window.ts'
import { budget } from './budget.ts'
import { timeslices } from './compliance.ts'
import { designEffect } from './design-effect.ts'
import { Graded, type GradeEvidence } from './grade.ts'
import { Judged } from './judged.ts'
import { hitRateLetter } from './letter.ts'
import { exceeds, timesAllowed } from './objective.ts'
import { hitRateReason, unknownReason } from './reason.ts'
import { severityOf } from './severity.ts'
import type { HitRate, Target } from './target.ts'
import type { Verdict } from './verdict.ts'
import { wilson } from './wilson.ts'

/** Fewest lookups that a hit rate is judged on. */
const FEWEST_LOOKUPS = 20

/** See `judge`. Met when strictly over the target; the ratio compares misses with those allowed. */
export function judgeHitRate(target: Target, { share }: HitRate, view: WindowView | undefined): Verdict {
  const n = view?.counts.lookups ?? 0
  const needed = Math.max(0, FEWEST_LOOKUPS - n)
  if (view === undefined || needed > 0) {
    return { status: 'unknown', target, n, needed, reason: unknownReason(n, needed, 'lookup') }
  }
  const { hits, misses, failed } = view.counts
  const ratio = timesAllowed(misses, n, share)
  return new Judged({
    status: exceeds(hits, n, share) ? 'met' : 'missed',
    target,
    n,
    value: hits / n,
    ratio,
    severity: severityOf(ratio),
    compliance: () => timeslices(view.slots, share),
    estimated: false,
    failed,
    budget: budget(misses, n, share),
    grade: () => new Graded(hitRateLetter(hits / n, target.grades), () => rangeOf(target, hits / n, view)),
    reason: () => hitRateReason({ share, hits, n }),
  })
}

function rangeOf({ grades }: Target, share: number, { counts, slots }: WindowView): GradeEvidence {
  const shares = slots
    .filter(({ hits, misses }) => hits + misses > 0)
    .map(({ hits, misses }) => ({ good: hits, n: hits + misses }))
  const effect = designEffect(shares)
  const ends = wilson(share, counts.lookups / (effect ?? 1))
  return {
    best: hitRateLetter(ends.high, grades),
    worst: hitRateLetter(ends.low, grades),
    uncertain: effect === undefined,
  }
}
