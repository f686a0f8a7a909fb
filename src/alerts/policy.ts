import type { BurnRatePolicy } from './burn-rate-policy.ts'
import type { RatioPolicy } from './ratio-policy.ts'

/** When an alert fires and resolves. */
export type Policy = RatioPolicy | BurnRatePolicy

/** The spans that burn-rate policies look back over, each once. */
export function spansOf(policies: readonly Policy[]): readonly number[] {
  const pairs = policies.flatMap((policy) => (policy.kind === 'burn_rate' ? policy.pairs : []))
  return [...new Set(pairs.flatMap(({ longMs, shortMs }) => [longMs, shortMs]))]
}
