import type { BurnRatePolicy } from './burn-rate-policy.ts'
import type { RatioPolicy } from './ratio-policy.ts'

/** When an alert fires and resolves. */
export type Policy = RatioPolicy | BurnRatePolicy

/** How far burn-rate policies look back, ms, each length once. */
export function lookbacksOf(policies: readonly Policy[]): readonly number[] {
  const pairs = policies.flatMap((policy) => (policy.kind === 'burn_rate' ? policy.pairs : []))
  return [...new Set(pairs.flatMap(({ longMs, shortMs }) => [longMs, shortMs]))]
}
