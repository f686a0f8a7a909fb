import type { Indicator } from '../targets/target.ts'
import type { TargetDraft } from './drafts.ts'

type IndicatorOption = 'p50' | 'p75' | 'p90' | 'p95' | 'p99' | 'p99.9' | 'hitRate'

/** The options that hold a target's limit, with the indicator each stands for. */
export const INDICATORS: Readonly<Record<IndicatorOption, (value: number) => Indicator>> = {
  p50: percentile(0.5),
  p75: percentile(0.75),
  p90: percentile(0.9),
  p95: percentile(0.95),
  p99: percentile(0.99),
  'p99.9': percentile(0.999),
  hitRate: (share) => ({ kind: 'hit_rate', share }),
}

/** Which of them a draft has, readable or not. */
export function indicatorsIn(draft: TargetDraft): readonly IndicatorOption[] {
  return (Object.keys(INDICATORS) as IndicatorOption[]).filter((option) => Object.hasOwn(draft, option))
}

function percentile(share: number): (limitMs: number) => Indicator {
  return (limitMs) => ({ kind: 'latency', percentile: share, limitMs })
}
