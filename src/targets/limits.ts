import { LIMITS } from '../measure/layout.ts'
import { type Match, match } from './match.ts'
import type { Target } from './target.ts'

/**
 * The limits that a series has to count good operations for: those of the latency targets that cover it, ascending,
 * at most four. A configuration with more is refused (`overlap`); should one slip through, the targets that come
 * first win and the others are estimated from the histogram.
 *
 * @example limits(targets)('request', 'GET /users/:id') // [50, 100]
 */
export function limits(targets: readonly Target[]): (component: string, series: string) => readonly number[] {
  const latencies: { readonly covers: Match; readonly limitMs: number }[] = []
  for (const target of targets) {
    if (target.indicator.kind !== 'latency') continue
    latencies.push({ covers: match(target), limitMs: target.indicator.limitMs })
  }
  return (component, series) => {
    const found: number[] = []
    for (const { covers, limitMs } of latencies) {
      if (found.length === LIMITS) break
      if (!found.includes(limitMs) && covers(component, series)) found.push(limitMs)
    }
    return found.sort((one, other) => one - other)
  }
}
