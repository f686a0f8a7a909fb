import { betterOf, rank, worseOf } from './letter.ts'
import type { Grade, Letter } from './verdict.ts'

export interface GradeEvidence {
  readonly letter: Letter
  /** Letters at the ends of the 95 % interval. */
  readonly best: Letter
  readonly worst: Letter
  /** Too little was seen to know the interval itself: few slots, or no operation beyond its upper end. */
  readonly uncertain: boolean
}

/** A letter with its range; a range over more than two letters is of low confidence. */
export function grade({ letter, best, worst, uncertain }: GradeEvidence): Grade {
  // The letter obeys the exact counters, the ends of the interval only the histogram: it may lie just outside.
  const from = betterOf(best, letter)
  const to = worseOf(worst, letter)
  return { letter, range: [from, to], lowConfidence: uncertain || rank(to) - rank(from) >= 2 }
}

/** As people read it: `B`, `B (A–C)`. */
export function formatGrade({ letter, range: [best, worst] }: Grade): string {
  return best === worst ? letter : `${letter} (${best}–${worst})`
}
