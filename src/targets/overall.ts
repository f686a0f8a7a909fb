import { pointsOf } from './letter.ts'
import type { Letter, Verdict } from './verdict.ts'

/** The grade of the whole service over the targets that carry weight. */
export interface OverallGrade {
  /** `null` where nothing was measured: that is never good. */
  readonly letter: Letter | null
  /** Weighted mean of grade points, 0–4, before the cap; `null` where nothing was measured. */
  readonly points: number | null
  /** How many targets were graded, of how many that carry weight. */
  readonly measured: number
  readonly weighted: number
  /** The mean alone would be better than C, but a target has an F. */
  readonly cappedByF: boolean
  /** In words: `B: 2.91 of 4 points over 5 of 7 weighted targets`. */
  readonly reason: string
}

const LOWEST_POINTS = { A: 3.5, B: 2.5, C: 1.5, D: 0.5, F: 0 } as const satisfies Record<Letter, number>

/**
 * Weighted mean of grade points (A 4 … F 0) over the measured targets; a target without weight does not count. Any
 * F caps the letter at C: an average must not hide what is broken.
 */
export function overallGrade(verdicts: readonly Verdict[]): OverallGrade {
  const weighted = verdicts.filter(({ target }) => target.weight > 0)
  const graded = weighted.filter((verdict) => verdict.status !== 'unknown')
  const counts = { measured: graded.length, weighted: weighted.length }
  if (graded.length === 0) {
    return { letter: null, points: null, ...counts, cappedByF: false, reason: 'nothing measured' }
  }
  let weight = 0
  let sum = 0
  for (const { target, grade } of graded) {
    weight += target.weight
    sum += target.weight * pointsOf(grade.letter)
  }
  // Thirds don't add up exactly; 3.5 points have to be an A in whatever order they were added.
  const points = Math.round((sum / weight) * 1e9) / 1e9
  const mean = letterOf(points)
  const failing = graded.filter(({ grade }) => grade.letter === 'F').map(({ target }) => target.id)
  const cappedByF = failing.length > 0 && (mean === 'A' || mean === 'B')
  const letter = cappedByF ? 'C' : mean
  const of = `${(Math.floor(points * 100) / 100).toFixed(2)} of 4 points over ${counts.measured} of ${counts.weighted} weighted targets`
  const cap = cappedByF ? `, held down from ${mean} by the F of ${failing.join(', ')}` : ''
  return { letter, points, ...counts, cappedByF, reason: `${letter}: ${of}${cap}` }
}

function letterOf(points: number): Letter {
  if (points >= LOWEST_POINTS.A) return 'A'
  if (points >= LOWEST_POINTS.B) return 'B'
  if (points >= LOWEST_POINTS.C) return 'C'
  return points >= LOWEST_POINTS.D ? 'D' : 'F'
}

export type ComplianceStatus = 'excellent' | 'good' | 'fair' | 'poor' | 'unknown'

/** How many targets are met, and how far the service complies on the whole. */
export interface ComplianceSummary {
  readonly status: ComplianceStatus
  /** Mean compliance of the measured targets, 0–100; `null` where nothing was measured. */
  readonly averageCompliance: number | null
  readonly targetsMet: number
  /** Missed by a ratio under 1.5. */
  readonly targetsClose: number
  /** Missed by a ratio of 1.5 or more. */
  readonly targetsFailing: number
  readonly targetsNotMeasured: number
}

/** Over all targets alike, whatever their weight. */
export function complianceSummary(verdicts: readonly Verdict[]): ComplianceSummary {
  const judged = verdicts.filter((verdict) => verdict.status !== 'unknown')
  const met = judged.filter(({ status }) => status === 'met').length
  const close = judged.filter(({ severity }) => severity === 'over_target').length
  const sum = judged.map(({ compliance }) => compliance).sort((one, two) => one - two)
  const average = judged.length === 0 ? null : sum.reduce((total, value) => total + value, 0) / judged.length
  return {
    status: statusOf(average),
    averageCompliance: average,
    targetsMet: met,
    targetsClose: close,
    targetsFailing: judged.length - met - close,
    targetsNotMeasured: verdicts.length - judged.length,
  }
}

function statusOf(average: number | null): ComplianceStatus {
  if (average === null) return 'unknown'
  if (average >= 95) return 'excellent'
  if (average >= 85) return 'good'
  return average >= 70 ? 'fair' : 'poor'
}
