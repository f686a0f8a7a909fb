import type { WindowView } from '../measure/window.ts'
import { budget } from './budget.ts'
import { timeslices } from './compliance.ts'
import { designEffect } from './design-effect.ts'
import { Graded, type GradeEvidence } from './grade.ts'
import { Judged, type JudgedFacts } from './judged.ts'
import { hitRateLetter } from './letter.ts'
import { exceeds, timesAllowed } from './objective.ts'
import { hitRateReason, unknownReason } from './reason.ts'
import type { HitRate, Target } from './target.ts'
import type { Budget, Grade, Verdict } from './verdict.ts'
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
  const status = exceeds(hits, n, share) ? 'met' : 'missed'
  const ratio = timesAllowed(misses, n, share)
  const facts = { status, target, n, value: hits / n, ratio, estimated: false, failed } as const
  return new JudgedHitRate(facts, { share, view, hits })
}

class JudgedHitRate extends Judged {
  readonly #share: number
  readonly #view: WindowView
  readonly #hits: number

  constructor(
    facts: JudgedFacts,
    seen: { readonly share: number; readonly view: WindowView; readonly hits: number },
  ) {
    super(facts)
    this.#share = seen.share
    this.#view = seen.view
    this.#hits = seen.hits
  }

  get compliance(): number {
    return timeslices(this.#view.slots, this.#share)
  }

  get budget(): Budget {
    return budget(this.n - this.#hits, this.n, this.#share)
  }

  get reason(): string {
    return hitRateReason({ share: this.#share, hits: this.#hits, n: this.n })
  }

  protected graded(): Grade {
    const { target, value } = this
    return new Graded(hitRateLetter(value, target.grades), () => rangeOf(target, value, this.#view))
  }
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
