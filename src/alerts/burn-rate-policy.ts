import { cappedFactor } from '../targets/budget.ts'
import { timesAllowed } from '../targets/objective.ts'
import type { Target } from '../targets/target.ts'
import { type AlertSeverity, rankOf } from './alert.ts'
import { type Condition, condition, UNKNOWN } from './condition.ts'
import type { Lookback, Spent } from './lookback.ts'
import type { PolicyTerms } from './policy-terms.ts'

/** Fires when both windows burn faster than `factor`: the long one says it matters, the short one that it lasts. */
export interface BurnPair {
  readonly severity: AlertSeverity
  readonly longMs: number
  readonly shortMs: number
  readonly factor: number
}

/** By how fast the error budget is spent, over pairs of windows. */
export interface BurnRatePolicy extends PolicyTerms {
  readonly kind: 'burn_rate'
  readonly pairs: readonly BurnPair[]
  /** Fewest bad operations in the long window: without it, three operations an hour page somebody. */
  readonly fewestBad: number
}

/** How one pair stands. */
export interface BurnStand {
  readonly pair: BurnPair
  /** What it fires over: the factor, lowered where the objective does not allow it. */
  readonly factor: number
  readonly capped: boolean
  /** Burn rate of the long window. */
  readonly long: number
  readonly short: number
  /** What the windows hold. */
  readonly spent: { readonly long: Spent; readonly short: Spent }
  readonly over: boolean
  readonly near: boolean
}

/** Share (0–1) that has to be good. */
export function objectiveOf({ indicator }: Target): number {
  return indicator.kind === 'latency' ? indicator.percentile : indicator.share
}

/** How a pair stands; `undefined` where one of its windows is not kept or saw nothing. */
export function burnStand(
  pair: BurnPair,
  target: Target,
  { lookback, recovery, fewestBad }: Pick<BurnRatePolicy, 'recovery' | 'fewestBad'> & { lookback: Lookback },
): BurnStand | undefined {
  const long = lookback(target, pair.longMs)
  const short = lookback(target, pair.shortMs)
  if (long === undefined || short === undefined || long.total === 0 || short.total === 0) return undefined
  const objective = objectiveOf(target)
  const { factor, capped } = cappedFactor(pair.factor, objective)
  const longRate = timesAllowed(long.bad, long.total, objective)
  const shortRate = timesAllowed(short.bad, short.total, objective)
  const slower = Math.min(longRate, shortRate)
  return {
    pair,
    factor,
    capped,
    long: longRate,
    short: shortRate,
    spent: { long, short },
    over: slower > factor && long.bad >= fewestBad,
    near: isNear(slower, factor, recovery),
  }
}

/** Whether a burn rate has not left the recovery threshold; one over the factor, which is no lower, has not. */
function isNear(rate: number, factor: number, recovery: number): boolean {
  return rate >= recovery * factor
}

export function burnStands(policy: BurnRatePolicy, target: Target, lookback: Lookback): readonly BurnStand[] {
  const { recovery, fewestBad } = policy
  return policy.pairs.flatMap((pair) => burnStand(pair, target, { lookback, recovery, fewestBad }) ?? [])
}

/** The pair that speaks: the worst that is over, else the nearest to it. */
export function loudest(stands: readonly BurnStand[]): BurnStand | undefined {
  const score = (stand: BurnStand): number =>
    (stand.over ? 1e6 * rankOf(stand.pair.severity) : 0) + Math.min(stand.long, stand.short) / stand.factor
  return stands.reduce<BurnStand | undefined>(
    (best, stand) => (best === undefined || score(stand) > score(best) ? stand : best),
    undefined,
  )
}

export function burnCondition(policy: BurnRatePolicy, target: Target, lookback: Lookback): Condition {
  const { recovery, fewestBad } = policy
  const objective = objectiveOf(target)
  let known = false
  let over: AlertSeverity | undefined
  let near: AlertSeverity | undefined
  for (const pair of policy.pairs) {
    const short = lookback(target, pair.shortMs)
    if (short === undefined || short.total === 0) continue
    // The usual second: the long window could only say whether anything is known.
    const rate = timesAllowed(short.bad, short.total, objective)
    if (!isNear(rate, cappedFactor(pair.factor, objective).factor, recovery)) {
      known ||= (lookback(target, pair.longMs)?.total ?? 0) > 0
      continue
    }
    const stand = burnStand(pair, target, { lookback, recovery, fewestBad })
    if (stand === undefined) continue
    known = true
    if (stand.over) over = worse(over, pair.severity)
    if (stand.near) near = worse(near, pair.severity)
  }
  return known ? condition(over, near) : UNKNOWN
}

function worse(one: AlertSeverity | undefined, other: AlertSeverity): AlertSeverity {
  return one === undefined || rankOf(other) > rankOf(one) ? other : one
}
