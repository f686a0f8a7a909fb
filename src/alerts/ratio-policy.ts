import type { Verdict } from '../targets/verdict.ts'
import type { AlertSeverity } from './alert.ts'
import { type Condition, condition, UNKNOWN } from './condition.ts'
import type { PolicyTerms } from './policy-terms.ts'

/** By how many times over its limit a target is in the 1-minute window. */
export interface RatioPolicy extends PolicyTerms {
  readonly kind: 'ratio'
  readonly warning: number
  readonly critical: number
  /** Fewest operations (or lookups) in the window; with fewer nothing is known. */
  readonly fewestOperations: number
  /** Fewest bad ones for a threshold to count as reached. */
  readonly fewestBad: number
}

export function ratioCondition(policy: RatioPolicy, verdict: Verdict): Condition {
  if (verdict.status === 'unknown' || verdict.n < policy.fewestOperations) return UNKNOWN
  const { ratio } = verdict
  const { warning, critical, recovery } = policy
  const reached: AlertSeverity | undefined =
    ratio >= critical ? 'CRITICAL' : ratio >= warning ? 'WARNING' : undefined
  const near: AlertSeverity | undefined =
    ratio >= recovery * critical ? 'CRITICAL' : ratio >= recovery * warning ? 'WARNING' : undefined
  const over = reached !== undefined && badOf(verdict) >= policy.fewestBad ? reached : undefined
  return condition(over, near)
}

/** How many operations (or lookups) were bad: what the verdict's budget was worked out from. */
export function badOf(verdict: Verdict): number {
  return verdict.status === 'unknown' ? 0 : Math.round(verdict.budget.spent * verdict.n)
}
