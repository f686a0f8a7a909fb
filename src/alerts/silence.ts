import type { Matcher } from './matcher.ts'

/** Somebody does not want to hear of some alerts for a while. They go on living; what was told is still closed. */
export interface Silence {
  readonly id: string
  readonly match: Matcher
  readonly fromMs: number
  readonly untilMs: number
  readonly by: string
  readonly comment: string
}
