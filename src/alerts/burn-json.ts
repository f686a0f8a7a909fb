import { ratio } from '../ground/decimals.ts'
import type { Evidence } from './evidence.ts'

/** The burn rates of an alert, as the API and notices have them. */
export interface BurnJson {
  readonly long: number
  readonly short: number
  readonly factor: number
  readonly capped: boolean
  readonly long_window_ms: number | null
  readonly short_window_ms: number | null
}

export function burnJson(burn: NonNullable<Evidence['burn']>): BurnJson {
  const { long, short, factor, capped, longMs = null, shortMs = null } = burn
  return {
    long: ratio(long),
    short: ratio(short),
    factor: ratio(factor),
    capped,
    long_window_ms: longMs,
    short_window_ms: shortMs,
  }
}
