import { formatDuration } from '../ground/duration.ts'
import { formatAsked, formatCount, formatPercent } from './reason.ts'

/** The API rounds value and ratio: quotients nearer than this are the same. */
const SAME = 1.01

/** Where a latency target stood, as far as evidence of it goes. */
export interface LatencyStand {
  readonly percentile: number
  readonly limitMs: number
  readonly valueMs: number
  readonly ratio: number
  readonly n: number
  readonly bad: number
  /** Of the bad ones; `undefined`: an older Yardstick did not keep it. */
  readonly failed: number | undefined
}

export interface Shortfall {
  /** `only 81.2 % ok and under 100 ms`. */
  readonly found: string
  /** `95 % needed, 81 failed`. */
  readonly needed: string
  /** Whether the ratio is that of the failures: how many times over what the target allows of them. */
  readonly ofFailures: boolean
}

/**
 * A missed latency target in the figure that misses it, where that is not the percentile: operations failed, and beside
 * a ratio of 3.63 a percentile under its limit, or a little over it, would contradict. `undefined`: the percentile says
 * it all.
 */
export function shortfall(stand: LatencyStand): Shortfall | undefined {
  const { percentile, limitMs, valueMs, ratio, n, bad, failed = 0 } = stand
  const explained = valueMs >= limitMs && ratio <= (SAME * valueMs) / limitMs
  if (ratio < 1 || n === 0 || explained) return undefined
  return {
    found: `only ${formatPercent(n - bad, n)} ok and under ${formatDuration(limitMs)}`,
    needed: `${formatAsked(percentile)} needed${failed === 0 ? '' : `, ${formatCount(failed)} failed`}`,
    ofFailures: ratio > 1,
  }
}
