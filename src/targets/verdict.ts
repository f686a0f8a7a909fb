import type { Target } from './target.ts'

export const LETTERS = ['A', 'B', 'C', 'D', 'F'] as const
export type Letter = (typeof LETTERS)[number]

/** How bad a violation is: by the ratio 1 (over target), 1.5 (WARNING), 2 (CRITICAL). */
export type Severity = 'success' | 'over_target' | 'warning' | 'critical'

/** What one target says of one window. *Not measured is never good*: too little gives `unknown`, not a letter. */
export type Verdict =
  | {
      readonly status: 'unknown'
      readonly target: Target
      /** Operations (or lookups) seen, and how many more are needed. */
      readonly n: number
      readonly needed: number
      /** In words: `needs 12 more operations`. */
      readonly reason: string
    }
  | {
      readonly status: 'met' | 'missed'
      readonly target: Target
      readonly n: number
      /** The indicator: the percentile in ms, or the hit rate as a share 0–1. */
      readonly value: number
      /** How many times over its limit; `met` is exactly `ratio < 1`. */
      readonly ratio: number
      readonly severity: Severity
      /** 0–100 (semantics.md, Compliance). */
      readonly compliance: number
      /** The limit was not in force for the whole window: some good operations are estimated from the histogram. */
      readonly estimated: boolean
      readonly failed: number
      readonly budget: Budget
      readonly grade: Grade
      /** In words, with value, limit, compliance and n. */
      readonly reason: string
    }

/** The error budget of a window: what may go wrong before the target is missed. */
export interface Budget {
  /** Share (0–1) of operations that may be bad: 1 − objective. */
  readonly allowed: number
  /** Share that was bad. */
  readonly spent: number
  /** spent / allowed: 1 spends exactly the budget. */
  readonly burnRate: number
}

export interface Grade {
  readonly letter: Letter
  /** Best and worst letter within the 95 % interval. */
  readonly range: readonly [best: Letter, worst: Letter]
  readonly lowConfidence: boolean
}

/** Of a target of which enough was measured. */
export type Measured = Exclude<Verdict, { readonly status: 'unknown' }>
