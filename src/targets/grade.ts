import { betterOf, rank, worseOf } from './letter.ts'
import type { Grade, Letter } from './verdict.ts'

/** What a range is made of. */
export interface GradeEvidence {
  /** Letters at the ends of the 95 % interval. */
  readonly best: Letter
  readonly worst: Letter
  /** Too little was seen to know the interval itself: few slots, or no operation beyond its upper end. */
  readonly uncertain: boolean
}

/**
 * A letter with its range; a range over more than two letters is of low confidence. The range is worked out when somebody
 * asks: it needs every slot of the window, and of the verdicts of a second hardly any is looked at. A class for the
 * reason that `Judged` is one.
 */
export class Graded implements Grade {
  readonly letter: Letter
  readonly #evidence: () => GradeEvidence
  #known: Pick<Grade, 'range' | 'lowConfidence'> | undefined

  constructor(letter: Letter, evidence: () => GradeEvidence) {
    this.letter = letter
    this.#evidence = evidence
  }

  get range(): Grade['range'] {
    return this.#look().range
  }

  get lowConfidence(): boolean {
    return this.#look().lowConfidence
  }

  toJSON(): Grade {
    const { letter, range, lowConfidence } = this
    return { letter, range, lowConfidence }
  }

  #look(): Pick<Grade, 'range' | 'lowConfidence'> {
    this.#known ??= rangeOf(this.letter, this.#evidence())
    return this.#known
  }
}

function rangeOf(
  letter: Letter,
  { best, worst, uncertain }: GradeEvidence,
): Pick<Grade, 'range' | 'lowConfidence'> {
  // The letter obeys the exact counters, the ends of the interval only the histogram: it may lie just outside.
  const from = betterOf(best, letter)
  const to = worseOf(worst, letter)
  return { range: [from, to], lowConfidence: uncertain || rank(to) - rank(from) >= 2 }
}
