import type { Trend } from '../targets/trend.ts'
import type { TrendJson } from './schemas.ts'

/** A trend to 4 decimals; `null` where there are too few points for one. */
export function trendJson(trend: Trend | undefined): TrendJson | null {
  if (trend === undefined) return null
  const { direction, slopePerHour, pValue, points } = trend
  return { direction, slope_per_hour: decimals(slopePerHour), p_value: decimals(pValue), points }
}

function decimals(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
