import { random } from './random.ts'

export type Errand =
  | 'product'
  | 'listing'
  | 'search'
  | 'profile'
  | 'orders'
  | 'order'
  | 'login'
  | 'bad_login'
  | 'report'
  | 'lost'

/** What visitors come for, in shares of 100. */
export const MIX: Readonly<Record<Errand, number>> = {
  product: 49,
  listing: 11,
  search: 9,
  profile: 10,
  orders: 9,
  order: 6,
  login: 0.8,
  bad_login: 0.2,
  report: 1.5,
  lost: 3.5,
}

export interface Arrival {
  readonly atMs: number
  readonly errand: Errand
}

export interface ScheduleOptions {
  readonly ratePerS: number
  readonly seconds: number
  /** Two schedules with the same seed are the same. Default 1. */
  readonly seed?: number
}

/**
 * When who comes, decided beforehand and by nobody's answer: visitors do not wait for each other, so a slow
 * shop meets the same crowd as a fast one (open loop). Gaps are exponential, as of independent visitors.
 */
export function* schedule(options: ScheduleOptions): Generator<Arrival, void> {
  const next = random(options.seed ?? 1)
  const endMs = options.seconds * 1_000
  const gapMs = (): number => (-Math.log(1 - next()) * 1_000) / options.ratePerS
  for (let atMs = gapMs(); atMs < endMs; atMs += gapMs()) yield { atMs, errand: pick(next() * 100) }
}

function pick(percent: number): Errand {
  let left = percent
  for (const [errand, share] of Object.entries(MIX) as [Errand, number][]) {
    left -= share
    if (left < 0) return errand
  }
  return 'product'
}
