import type { Trend } from '../targets/trend.ts'
import type { TrendJson } from './schemas.ts'

/** A trend to 4 digits (a tiny p is not 0); `null` where there are too few points for one. */
export function trendJson(trend: Trend | undefined): TrendJson | null {
  if (trend === undefined) return null
  const { direction, slopePerHour, pValue, points } = trend
  return { direction, slope_per_hour: digits(slopePerHour), p_value: digits(pValue), points }
}

function digits(value: number): number {
  return Number(value.toPrecision(4))
}
