import { severityOf } from './severity.ts'
import type { Target } from './target.ts'
import type { Budget, Grade, Measured, Severity } from './verdict.ts'

/** What a second needs to know of every target. */
export type JudgedFacts = Pick<
  Measured,
  'status' | 'target' | 'n' | 'value' | 'ratio' | 'estimated' | 'failed'
>

/**
 * A verdict of which all else is worked out when somebody asks: of the verdicts of a second hardly any is looked at. A
 * class, as getters of an object literal made each of 1 000 verdicts a second a 2 kB dictionary, and functions handed to
 * it still half a kB.
 */
export abstract class Judged implements Measured {
  readonly status: 'met' | 'missed'
  readonly target: Target
  readonly n: number
  readonly value: number
  readonly ratio: number
  readonly estimated: boolean
  readonly failed: number
  #grade: Grade | undefined

  constructor(facts: JudgedFacts) {
    this.status = facts.status
    this.target = facts.target
    this.n = facts.n
    this.value = facts.value
    this.ratio = facts.ratio
    this.estimated = facts.estimated
    this.failed = facts.failed
  }

  get severity(): Severity {
    return severityOf(this.ratio)
  }

  abstract get compliance(): number

  abstract get budget(): Budget

  get grade(): Grade {
    this.#grade ??= this.graded()
    return this.#grade
  }

  abstract get reason(): string

  protected abstract graded(): Grade

  toJSON(): Measured {
    const { severity, compliance, budget, grade, reason } = this
    return { ...this, severity, compliance, budget, grade, reason }
  }
}
