/**
 * Shares are compared in whole parts per million: 19 of 20 reach 95 % exactly, whatever `1 - 0.95` is in binary.
 * Exact for up to nine thousand million operations.
 */
const WHOLE = 1_000_000

function partsOf(share: number): number {
  return Math.round(share * WHOLE)
}

/** Whether `part` of `total` is at least `share` (0–1). */
export function reaches(part: number, total: number, share: number): boolean {
  return part * WHOLE >= total * partsOf(share)
}

/** Whether `part` of `total` is strictly more than `share` (0–1). */
export function exceeds(part: number, total: number, share: number): boolean {
  return part * WHOLE > total * partsOf(share)
}

/** Share (0–1) that may be bad under an objective (0–1): 0.05 for 0.95. */
export function allowedShare(objective: number): number {
  return (WHOLE - partsOf(objective)) / WHOLE
}

/** How many times over what the objective allows `bad` of `total` is: 1 of 20 under 0.95 is 1, 2 of 20 is 2. */
export function timesAllowed(bad: number, total: number, objective: number): number {
  return (bad * WHOLE) / (total * (WHOLE - partsOf(objective)))
}

/** Fewest operations that tell anything about a percentile (0–1): 1/(1−p), so 20 for p95, 100 for p99. */
export function fewestFor(percentile: number): number {
  return Math.ceil(WHOLE / (WHOLE - partsOf(percentile)))
}
