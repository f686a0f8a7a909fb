/** Operations of known durations that the validation's application records, and what must come of them. */
export interface Planned {
  readonly component: string
  readonly name: string
  readonly durationsMs: readonly number[]
  /** How many of them failed; the first ones. */
  readonly failed?: number
  /** Of cache reads: how many hit; the first ones. */
  readonly hits?: number
}

/** 100 durations: the n-th from 1 on. */
function hundred(durationMs: (n: number) => number): readonly number[] {
  return Array.from({ length: 100 }, (_, i) => durationMs(i + 1))
}

// Multiples of 1/8 ms: exact in sums, and in the three decimals of the API.
export const PLANNED: readonly Planned[] = [
  { component: 'authentication', name: 'login', durationsMs: hundred((n) => 0.375 * n) },
  { component: 'authorization', name: 'may_edit', durationsMs: hundred((n) => (n <= 96 ? 20 : 80)) },
  { component: 'database', name: 'SELECT orders', durationsMs: hundred((n) => 2 * n) },
  { component: 'cache_l1', name: 'lookup', durationsMs: hundred(() => 0.125), hits: 99 },
  { component: 'cache_l2', name: 'lookup', durationsMs: hundred(() => 0.5), hits: 96 },
  { component: 'cache_l3', name: 'lookup', durationsMs: hundred(() => 4), hits: 93 },
  { component: 'validation', name: 'failing', durationsMs: hundred((n) => n), failed: 7 },
]

/** What a worker thread of the application records. */
export const PLANNED_IN_WORKER: Planned = {
  component: 'validation',
  name: 'worker',
  durationsMs: hundred((n) => n / 4),
}

/**
 * What the requirements say of these figures, worked out by hand: the default targets, strict limits, letters by the
 * table. `n` and `good` hold one operation more than planned: the one timed by the component's own call.
 */
export const EXPECTED_VERDICTS: readonly {
  readonly target: string
  readonly n: number
  readonly status: 'met' | 'missed'
  readonly grade: string
  /** Of latency targets: ok and under the limit. */
  readonly good?: number
}[] = [
  { target: 'authentication', n: 101, status: 'met', grade: 'B', good: 101 },
  { target: 'authorization', n: 101, status: 'met', grade: 'A', good: 97 },
  { target: 'database', n: 101, status: 'missed', grade: 'F', good: 13 },
  { target: 'cache_l1', n: 101, status: 'met', grade: 'A' },
  { target: 'cache_l2', n: 100, status: 'met', grade: 'B' },
  { target: 'cache_l3', n: 100, status: 'missed', grade: 'C' },
]

/** An F caps the whole at C, whatever the letter of the requests. */
export const EXPECTED_OVERALL = 'C'

/** How often each path of the application is asked. `/end` comes last and is not compared. */
export const REQUESTS: Readonly<Record<string, { readonly times: number; readonly status: number }>> = {
  '/ok': { times: 40, status: 200 },
  '/missing': { times: 2, status: 404 },
  '/broken': { times: 3, status: 500 },
  '/work': { times: 1, status: 200 },
}

/** The one user that `/work` names, and the one that all other requests come from. */
export const EXPECTED_USERS = 2

export const SERVICE = 'yardstick-validation'
export const EXIT_CODE_OF_APP = 7
