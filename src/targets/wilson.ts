/** Two-sided 95 %. */
const Z = 1.959963984540054

export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * The 95 % score interval of a share. Source: E. B. Wilson, "Probable inference, the law of succession, and
 * statistical inference", JASA 22 (1927); without continuity correction.
 *
 * @param share 0–1
 * @param n number of independent observations, above 0; need not be whole (see `designEffect`)
 * @example wilson(81 / 263, 263) // { low: 0.2553, high: 0.3662 }
 */
export function wilson(share: number, n: number): Interval {
  const z2 = Z * Z
  const middle = share + z2 / (2 * n)
  const spread = Z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  const scale = 1 + z2 / n
  // At 0 and 1 rounding may put the share itself a hair outside.
  return {
    low: Math.max(0, Math.min(share, (middle - spread) / scale)),
    high: Math.min(1, Math.max(share, (middle + spread) / scale)),
  }
}
