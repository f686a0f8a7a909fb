import type { SlotTotals } from '../measure/slot-totals.ts'
import type { WindowView } from '../measure/window.ts'
import { budget } from './budget.ts'
import { occurrences } from './compliance.ts'
import { designEffect, type SlotShare } from './design-effect.ts'
import { Graded, type GradeEvidence } from './grade.ts'
import { Judged, type JudgedFacts } from './judged.ts'
import { failureLetter, latencyLetter, worseOf } from './letter.ts'
import { fewestFor, reaches, timesAllowed } from './objective.ts'
import { latencyReason, unknownReason } from './reason.ts'
import type { Latency, Target } from './target.ts'
import type { Budget, Grade, Letter, Verdict } from './verdict.ts'
import { wilson } from './wilson.ts'

/** The highest ratio of a target that is met: one that is only just met reads as almost 1, never as 1. */
const JUST_MET = 0.999
/** Beyond the upper end of a two-sided 95 % interval. */
const TAIL = 0.025

/** See `judge`. Operations are good when ok and strictly under the limit; the percentile is over all of them. */
export function judgeLatency(target: Target, indicator: Latency, view: WindowView | undefined): Verdict {
  const { percentile, limitMs } = indicator
  const n = view?.counts.total ?? 0
  const needed = Math.max(0, fewestFor(percentile) - n)
  if (view === undefined || needed > 0) {
    return { status: 'unknown', target, n, needed, reason: unknownReason(n, needed, 'operation') }
  }
  const { counts } = view
  const { good, estimated } = counts.goodUnder(limitMs)
  const met = reaches(good, n, percentile)
  const valueMs = counts.percentileMs(percentile)!
  const { failed } = counts
  const over = Math.max(valueMs / limitMs, timesAllowed(failed, n, percentile))
  const ratio = met ? Math.min(over, JUST_MET) : Math.max(over, 1)
  const status = met ? 'met' : 'missed'
  const facts = { status, target, n, value: valueMs, ratio, estimated, failed } as const
  return new JudgedLatency(facts, { indicator, view, good })
}

class JudgedLatency extends Judged {
  readonly #indicator: Latency
  readonly #view: WindowView
  readonly #good: number

  constructor(
    facts: JudgedFacts,
    seen: { readonly indicator: Latency; readonly view: WindowView; readonly good: number },
  ) {
    super(facts)
    this.#indicator = seen.indicator
    this.#view = seen.view
    this.#good = seen.good
  }

  get compliance(): number {
    return occurrences(this.#good, this.n)
  }

  get budget(): Budget {
    return budget(this.n - this.#good, this.n, this.#indicator.percentile)
  }

  get reason(): string {
    const { status, value: valueMs, n, failed, estimated } = this
    const facts = { met: status === 'met', valueMs, n, failed, estimated }
    return latencyReason({ ...facts, indicator: this.#indicator, good: this.#good })
  }

  protected graded(): Grade {
    const { status, target, value: valueMs, n, failed } = this
    const letter = letterOf(target, this.#indicator, { valueMs, met: status === 'met', failed, n })
    return new Graded(letter, () => rangeOf(target, this.#indicator, this.#view, this.#good))
  }
}

function letterOf(
  { grades }: Target,
  { percentile, limitMs }: Latency,
  {
    valueMs,
    met,
    failed,
    n,
  }: { readonly valueMs: number; readonly met: boolean; readonly failed: number; readonly n: number },
): Letter {
  // The histogram is right to 1.1 %, the counters exactly: where they differ, the counters say on which side of
  // the limit the percentile lies.
  const graded = met ? Math.min(valueMs, justUnder(limitMs)) : Math.max(valueMs, limitMs)
  const failures = met ? 0 : timesAllowed(failed, n, percentile)
  return worseOf(latencyLetter(graded, grades), failureLetter(failures))
}

function rangeOf(
  { grades }: Target,
  { percentile, limitMs }: Latency,
  { counts, slots }: WindowView,
  good: number,
): GradeEvidence {
  const n = counts.total
  const effect = designEffect(slotShares(slots, limitMs))
  const independent = n / (effect ?? 1)
  const ends = wilson(percentile, independent)
  const failedAtLeast = wilson(counts.failed / n, independent).low
  const surelyMissed = wilson(good / n, independent).high < percentile
  const lowestMs = counts.percentileMs(ends.low)!
  const worst = latencyLetter(counts.percentileMs(ends.high)!, grades)
  // With fewer operations the interval's upper end lies beyond the slowest of them, and nobody knows where.
  const unbounded = worst !== 'F' && percentile ** independent > TAIL
  return {
    best: worseOf(
      latencyLetter(surelyMissed ? Math.max(lowestMs, limitMs) : lowestMs, grades),
      failureLetter(timesAllowed(failedAtLeast, 1, percentile)),
    ),
    worst,
    uncertain: effect === undefined || unbounded,
  }
}

/** Slots in which every ok operation was compared with the limit; the others don't know their share. */
function slotShares(slots: readonly SlotTotals[], limitMs: number): readonly SlotShare[] {
  const shares: SlotShare[] = []
  for (const { ok, failed, goods } of slots) {
    if (ok + failed === 0) continue
    const known = goods.find((entry) => entry.limitMs === limitMs)
    if (ok === 0) shares.push({ good: 0, n: failed })
    else if (known !== undefined && known.covered === ok) shares.push({ good: known.good, n: ok + failed })
  }
  return shares
}

/** The largest duration that counts as under the limit, up to the precision of a double. */
function justUnder(limitMs: number): number {
  return limitMs * (1 - Number.EPSILON)
}
