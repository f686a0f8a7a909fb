import { formatDuration } from '../ground/duration.ts'
import { allowedShare } from '../targets/objective.ts'
import { formatAsked, formatCount, formatRatio } from '../targets/reason.ts'
import type { Target } from '../targets/target.ts'
import { type BurnPair, type BurnRatePolicy, burnStand, objectiveOf } from './burn-rate-policy.ts'
import type { Lookback, Spent } from './lookback.ts'
import type { WhyCondition, WhyPair } from './why-condition.ts'

/** Who asks why wants to see by how little. */
const DIGITS = 2

/** Whether a pair of windows burns too fast, and for each pair what of it holds, with the windows' numbers. */
export function burnRateCondition(
  policy: BurnRatePolicy,
  target: Target,
  lookback: Lookback = () => undefined,
): WhyCondition {
  const anyOf = policy.pairs.map((pair) => whyPair(pair, policy, target, lookback))
  const holds = anyOf.some((pair) => pair.holds)
  const allowed = formatAsked(allowedShare(objectiveOf(target)))
  const text = `${holds ? 'a' : 'no'} pair of windows burns the budget of ${allowed} bad ones too fast`
  return { name: 'over', holds, text, anyOf }
}

function whyPair(pair: BurnPair, policy: BurnRatePolicy, target: Target, lookback: Lookback): WhyPair {
  const { severity, longMs, shortMs } = pair
  const { recovery, fewestBad } = policy
  const windows = { long: formatDuration(longMs), short: formatDuration(shortMs) }
  const title = `${severity} by ${windows.long} and ${windows.short}`
  const stand = burnStand(pair, target, { lookback, recovery, fewestBad })
  if (stand === undefined) {
    const unseen =
      [longMs, shortMs].find((lengthMs) => (lookback(target, lengthMs)?.total ?? 0) === 0) ?? longMs
    const kept = lookback(target, unseen) !== undefined
    const text = `${formatDuration(unseen)}: ${kept ? 'nothing measured' : 'so long a window is not kept'}`
    return { holds: false, text: title, conditions: [{ name: 'measured', holds: false, text }] }
  }
  const { long, short, factor, capped, spent, over } = stand
  const cap = capped ? `, ${formatRatio(pair.factor, DIGITS)} capped by the objective` : ''
  const burning = (name: 'long' | 'short', rate: number): WhyCondition => ({
    name,
    holds: rate > factor,
    text: `${windows[name]}: burns ${formatRatio(rate, DIGITS)} × the budget (${badText(spent[name])}), fires over ${formatRatio(factor, DIGITS)}${cap}`,
  })
  const { bad } = spent.long
  const guard: WhyCondition = {
    name: 'bad',
    holds: bad >= fewestBad,
    text: `${formatCount(bad)} bad in ${windows.long}, at least ${fewestBad} are needed`,
  }
  return { holds: over, text: title, conditions: [burning('long', long), burning('short', short), guard] }
}

function badText({ bad, total }: Spent): string {
  return `${formatCount(bad)} of ${formatCount(total)} bad`
}
