import type { GradeLimits } from './target.ts'
import { LETTERS, type Letter } from './verdict.ts'

/** The letter of a percentile in ms: strictly under a limit to have its letter. */
export function latencyLetter(valueMs: number, limits: GradeLimits): Letter {
  if (valueMs < limits.a) return 'A'
  if (valueMs < limits.b) return 'B'
  if (valueMs < limits.c) return 'C'
  return valueMs < limits.d ? 'D' : 'F'
}

/** The letter of a hit rate (0–1): strictly over a limit to have its letter. */
export function hitRateLetter(share: number, limits: GradeLimits): Letter {
  if (share > limits.a) return 'A'
  if (share > limits.b) return 'B'
  if (share > limits.c) return 'C'
  return share > limits.d ? 'D' : 'F'
}

/** The best letter that is left with so many failures, as times what the objective allows. */
export function failureLetter(timesAllowed: number): Letter {
  if (timesAllowed >= 2) return 'F'
  return timesAllowed >= 1 ? 'D' : 'A'
}

export function worseOf(one: Letter, other: Letter): Letter {
  return rank(one) > rank(other) ? one : other
}

export function betterOf(one: Letter, other: Letter): Letter {
  return rank(one) < rank(other) ? one : other
}

/** Grade points: 4 for an A, 0 for an F. */
export function pointsOf(letter: Letter): number {
  return LETTERS.length - 1 - rank(letter)
}

/** 0 for an A, 4 for an F. */
export function rank(letter: Letter): number {
  return LETTERS.indexOf(letter)
}
