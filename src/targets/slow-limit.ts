import { defaultTarget } from './defaults.ts'
import { type Match, match } from './match.ts'
import type { Target } from './target.ts'

/**
 * From how many ms on a request of a series is slow: the limit of the first request target that covers it, those that
 * name series before those on requests as a whole; where none does, the default target's.
 *
 * @example slowLimit(targets)('GET /admin/users/:id') // 250
 */
export function slowLimit(targets: readonly Target[]): (series: string) => number {
  const limits: { readonly covers: Match; readonly limitMs: number; readonly named: boolean }[] = []
  for (const target of targets) {
    if (target.component !== 'request' || target.indicator.kind !== 'latency') continue
    const named = target.series !== undefined
    limits.push({ covers: match(target), limitMs: target.indicator.limitMs, named })
  }
  const ordered = [...limits.filter(({ named }) => named), ...limits.filter(({ named }) => !named)]
  const table = defaultTarget('request')?.indicator
  const otherwiseMs = table?.kind === 'latency' ? table.limitMs : Number.POSITIVE_INFINITY
  return (series) => ordered.find(({ covers }) => covers('request', series))?.limitMs ?? otherwiseMs
}
