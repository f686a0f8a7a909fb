/**
 * Widths of what is kept, finest first; each divides the next. The first stands for the flushes as they came in,
 * the others for sums of them.
 */
export const TIERS_MS: readonly number[] = [1_000, 5_000, 60_000, 900_000]

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** How long each tier is kept before it is folded into the next one (the coarsest: before it is deleted). */
export interface Keep {
  /** Flushes as they were saved. Default and least: 10 minutes. */
  readonly secondsMs: number
  /** Sums of five seconds. Default and least: 2 hours. */
  readonly fiveSecondsMs: number
  /** Sums of a minute. Default and least: 25 hours. */
  readonly minutesMs: number
  /** Sums of a quarter of an hour, and events. Default: 90 days. */
  readonly quartersMs: number
}

const KEEP: Keep = {
  secondsMs: 10 * MINUTE_MS,
  fiveSecondsMs: 2 * HOUR_MS,
  minutesMs: 25 * HOUR_MS,
  quartersMs: 90 * 24 * HOUR_MS,
}

/** What the windows need to be restored from: nothing is folded sooner, even at the byte cap. */
export const LEAST_KEEP: Keep = { ...KEEP, quartersMs: 0 }

/** Retention by tier, in the order of `TIERS_MS`, raised to what is least. */
export function keepByTier(keep: Partial<Keep>): readonly number[] {
  const seconds = Math.max(keep.secondsMs ?? KEEP.secondsMs, LEAST_KEEP.secondsMs)
  const fives = Math.max(keep.fiveSecondsMs ?? KEEP.fiveSecondsMs, LEAST_KEEP.fiveSecondsMs, seconds)
  const minutes = Math.max(keep.minutesMs ?? KEEP.minutesMs, LEAST_KEEP.minutesMs, fives)
  return [seconds, fives, minutes, Math.max(keep.quartersMs ?? KEEP.quartersMs, minutes)]
}

/**
 * The slot of a tier in which something belongs that ended at `endMs`. A slot holds what ended after its start, up
 * to and including its end: a flush over (59 s, 60 s] belongs to the minute before 60 s.
 */
export function slotOf(endMs: number, tierMs: number): number {
  return Math.ceil(endMs / tierMs) - 1
}
