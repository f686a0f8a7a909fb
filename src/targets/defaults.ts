import type { GradeLimits, Indicator, Target } from './target.ts'

/** The targets of a service that has said nothing, in the order they are shown (semantics.md, Default targets). */
export const defaultTargets: readonly Target[] = [
  latency('authentication', 50, { a: 30, b: 40, c: 50, d: 100 }),
  latency('authorization', 75, { a: 50, b: 60, c: 75, d: 150 }),
  latency('database', 25, { a: 15, b: 20, c: 25, d: 50 }),
  hitRate('cache_l1', { a: 0.98, b: 0.96, c: 0.95, d: 0.9 }),
  hitRate('cache_l2', { a: 0.97, b: 0.95, c: 0.93, d: 0.9 }),
  hitRate('cache_l3', { a: 0.96, b: 0.94, c: 0.92, d: 0.9 }),
  latency('request', 100, { a: 60, b: 80, c: 100, d: 200 }),
]

/** The default target of a component; `undefined` for one that the user declared. */
export function defaultTarget(component: string): Target | undefined {
  return defaultTargets.find((target) => target.component === component)
}

/** Weight of a component's own target in the overall grade: 1, the three cache layers share one. */
export function defaultWeight(component: string): number {
  return defaultTarget(component)?.weight ?? 1
}

/**
 * Grade limits for an indicator that was given none: those of the table where the limit is the table's; else A, B,
 * C and D end at 0.6, 0.8, 1 and 2 times the limit (for a hit rate: times the allowed misses), as most of the table
 * does, so that C is "met" and F is "CRITICAL".
 */
export function defaultGrades(component: string, indicator: Indicator): GradeLimits {
  const table = defaultTarget(component)
  if (indicator.kind === 'latency') {
    const { limitMs } = indicator
    if (table?.indicator.kind === 'latency' && table.indicator.limitMs === limitMs) return table.grades
    return { a: decimal(0.6 * limitMs), b: decimal(0.8 * limitMs), c: limitMs, d: 2 * limitMs }
  }
  const { share } = indicator
  if (table?.indicator.kind === 'hit_rate' && table.indicator.share === share) return table.grades
  const misses = 1 - share
  return {
    a: decimal(1 - 0.6 * misses),
    b: decimal(1 - 0.8 * misses),
    c: share,
    d: Math.max(0, decimal(1 - 2 * misses)),
  }
}

/** The double nearest to the decimal that is meant: 1 − 0.6 · (1 − 0.95) is 0.97. */
function decimal(value: number): number {
  return Math.round(value * 1e9) / 1e9
}

function latency(component: string, limitMs: number, grades: GradeLimits): Target {
  const indicator = { kind: 'latency', percentile: 0.95, limitMs } as const
  return { id: component, component, except: [], indicator, grades, weight: 1 }
}

function hitRate(component: string, grades: GradeLimits): Target {
  const indicator = { kind: 'hit_rate', share: 0.95 } as const
  return { id: component, component, except: [], indicator, grades, weight: 1 / 3 }
}
