import type { Target } from './target.ts'
import type { Budget, Grade, Severity, Verdict } from './verdict.ts'

type Measured = Exclude<Verdict, { readonly status: 'unknown' }>

/** A verdict, and how to work out what of it is seldom looked at. */
export interface JudgedFacts extends Omit<Measured, 'compliance' | 'grade' | 'reason'> {
  readonly compliance: () => number
  readonly grade: () => Grade
  readonly reason: () => string
}

/**
 * A verdict of which compliance, grade and words are worked out when somebody asks: of the verdicts of a second hardly any is
 * looked at. A class, as getters of an object literal made each of 1 000 verdicts a second a 2 kB dictionary.
 */
export class Judged implements Measured {
  readonly status: 'met' | 'missed'
  readonly target: Target
  readonly n: number
  readonly value: number
  readonly ratio: number
  readonly severity: Severity
  readonly estimated: boolean
  readonly failed: number
  readonly budget: Budget
  readonly #compliance: () => number
  readonly #gradeOf: () => Grade
  #grade: Grade | undefined
  readonly #reason: () => string

  constructor(facts: JudgedFacts) {
    this.status = facts.status
    this.target = facts.target
    this.n = facts.n
    this.value = facts.value
    this.ratio = facts.ratio
    this.severity = facts.severity
    this.estimated = facts.estimated
    this.failed = facts.failed
    this.budget = facts.budget
    this.#compliance = facts.compliance
    this.#gradeOf = facts.grade
    this.#reason = facts.reason
  }

  get compliance(): number {
    return this.#compliance()
  }

  get grade(): Grade {
    this.#grade ??= this.#gradeOf()
    return this.#grade
  }

  get reason(): string {
    return this.#reason()
  }

  toJSON(): Measured {
    const { compliance, grade, reason } = this
    return { ...this, compliance, grade, reason }
  }
}
