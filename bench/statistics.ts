/** The middle of some figures; the mean of the two middle ones of an even number. */
export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5)
}

/** Linear between neighbours; `NaN` for no figures. */
export function quantile(figures: readonly number[], q: number): number {
  const sorted = [...figures].sort((a, b) => a - b)
  const place = q * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

export interface Slope {
  readonly perX: number
  readonly standardError: number
}

/** The least-squares line through (x, y). */
export function slope(points: readonly (readonly [number, number])[]): Slope {
  const n = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  let xy = 0
  let xx = 0
  for (const [x, y] of points) {
    xy += (x - meanX) * (y - meanY)
    xx += (x - meanX) ** 2
  }
  const perX = xy / xx
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - perX * (x - meanX)) ** 2, 0)
  return { perX, standardError: Math.sqrt(rest / (n - 2) / xx) }
}
