import { defaultTargets } from '../../src/targets/defaults.ts'
import { severityOf } from '../../src/targets/severity.ts'
import type { Target } from '../../src/targets/target.ts'
import type { Verdict } from '../../src/targets/verdict.ts'

export const START_MS: number = Date.UTC(2026, 0, 15)
export const SECOND_MS = 1000

export const database: Target = defaultTargets.find(({ id }) => id === 'database')!
export const authentication: Target = defaultTargets.find(({ id }) => id === 'authentication')!

/** The verdict of a window in which a target is so many times over its limit, or unknown. */
export function verdictOf(
  target: Target,
  ratio: number | 'unknown',
  {
    n = 600,
    bad = ratio === 'unknown' || ratio < 1 ? 0 : 300,
  }: { readonly n?: number; readonly bad?: number } = {},
): Verdict {
  if (ratio === 'unknown') return { status: 'unknown', target, n: 0, needed: 20, reason: 'nothing measured' }
  const limitMs = target.indicator.kind === 'latency' ? target.indicator.limitMs : 1
  return {
    status: ratio < 1 ? 'met' : 'missed',
    target,
    n,
    value: ratio * limitMs,
    ratio,
    severity: severityOf(ratio),
    compliance: 100 * (1 - bad / n),
    estimated: false,
    failed: 0,
    budget: { allowed: 0.05, spent: bad / n, burnRate: bad / n / 0.05 },
    grade: { letter: ratio < 1 ? 'A' : 'F', range: ['A', 'F'], lowConfidence: false },
    reason: `ratio ${ratio}`,
  }
}
