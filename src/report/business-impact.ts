import { FIRST_BUCKET, upperBoundMs } from '../measure/bucket.ts'
import type { Counts } from '../measure/counts.ts'
import type { Verdict } from '../targets/verdict.ts'

/** A time known to lie between two figures; the truth is never outside them. */
export interface Between {
  readonly atLeastMs: number
  readonly atMostMs: number
}

export interface OutOfTarget {
  readonly id: string
  readonly limitMs: number
  /** Operations judged, and how many of them failed or reached the limit. */
  readonly n: number
  readonly outOfTarget: number
  readonly estimated: boolean
}

/**
 * What missed limits meant, as far as the counters tell. Targets overlap (a slow query is in a slow request): never add
 * them up.
 */
export interface BusinessImpact {
  /** One per measured latency target. */
  readonly operations: readonly OutOfTarget[]
  /**
   * Σ max(0, duration − limit) over all requests, against the limit of the requests' own target; `undefined` where
   * that was not measured or covers only some of them.
   */
  readonly userTimeLost: Between | undefined
}

/** @param requests everything the component `request` counted in the window */
export function businessImpact(verdicts: readonly Verdict[], requests: Counts | undefined): BusinessImpact {
  return {
    operations: verdicts.flatMap(outOfTarget),
    userTimeLost: requests === undefined ? undefined : timeLost(verdicts, requests),
  }
}

function outOfTarget(verdict: Verdict): readonly OutOfTarget[] {
  const { indicator, id } = verdict.target
  if (verdict.status === 'unknown' || indicator.kind !== 'latency') return []
  const { n, estimated, budget } = verdict
  return [{ id, limitMs: indicator.limitMs, n, outOfTarget: Math.round(budget.spent * n), estimated }]
}

function timeLost(verdicts: readonly Verdict[], requests: Counts): Between | undefined {
  const own = verdicts.find(
    ({ target, status, n }) =>
      target.component === 'request' &&
      target.series === undefined &&
      status !== 'unknown' &&
      n === requests.total,
  )
  return own?.target.indicator.kind === 'latency' ? excess(requests, own.target.indicator.limitMs) : undefined
}

/** How long operations took beyond a limit, all together: each lies within its bucket, so the sum lies within theirs. */
export function excess(counts: Counts, limitMs: number): Between {
  let atLeastMs = 0
  let atMostMs = 0
  for (const [place, count] of counts.histogram.entries()) {
    if (place === 0) continue
    const lowMs = Math.max(upperBoundMs(place - 2 + FIRST_BUCKET), counts.minMs)
    const highMs = Math.min(upperBoundMs(place - 1 + FIRST_BUCKET), counts.maxMs)
    atLeastMs += count * Math.max(0, lowMs - limitMs)
    atMostMs += count * Math.max(0, highMs - limitMs)
  }
  return { atLeastMs, atMostMs }
}
