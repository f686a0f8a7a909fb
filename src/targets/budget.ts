import { allowedShare, timesAllowed } from './objective.ts'
import type { Budget } from './verdict.ts'

/**
 * The error budget that `bad` of `total` have spent.
 *
 * @param objective share (0–1) that has to be good: 0.95 for a p95 target and for a hit rate over 95 %
 */
export function budget(bad: number, total: number, objective: number): Budget {
  return {
    allowed: allowedShare(objective),
    spent: bad / total,
    burnRate: timesAllowed(bad, total, objective),
  }
}

/** A burn factor as the objective lets it be. */
export interface BurnFactor {
  readonly factor: number
  /** The usual factor could hardly be reached under this objective and was lowered. */
  readonly capped: boolean
}

/**
 * The factor to alert at in place of a usual one (14.4, 6, 3, 1): at most the burn rate of 90 % bad operations.
 * Under an objective of 90 % even a total outage burns only 10 times the budget, so 14.4 would never fire.
 *
 * @param objective 0–1
 * @example cappedFactor(14.4, 0.9) // { factor: 9, capped: true }
 */
export function cappedFactor(factor: number, objective: number): BurnFactor {
  const most = 0.9 / allowedShare(objective)
  return factor > most ? { factor: most, capped: true } : { factor, capped: false }
}
