/** Milliseconds to 3 decimals (recorded durations lie on a grid of 0.000061 ms). */
export function ms(valueMs: number): number {
  return Math.round(valueMs * 1000) / 1000
}

/** Milliseconds, or `null` where there is nothing: undefined, or the ±∞ of an empty minimum or maximum. */
export function msOrNull(valueMs: number | undefined): number | null {
  return valueMs === undefined || !Number.isFinite(valueMs) ? null : ms(valueMs)
}

/**
 * A percentage 0–100, cut after 2 decimals. Cut, not rounded: 94.996 must not read as the 95 that a target asks
 * for, nor 99.999 as all.
 */
export function percentage(value: number): number {
  return cut(value, 100)
}

/** A share 0–1, cut after 6 decimals for the same reason. */
export function share(value: number): number {
  return cut(value, 1_000_000)
}

/** A multiple of a limit, cut after 3 decimals: 1.4999 is not yet the 1.5 of a WARNING. */
export function ratio(value: number): number {
  return cut(value, 1000)
}

/** A rate per second, to 6 decimals: a few operations a day still show. */
export function perSecond(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000
}

/** `part` of `whole` as a share; `null` of nothing. */
export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : share(part / whole)
}

/** Cut after so many places (100: two decimals). */
export function cut(value: number, places: number): number {
  // The tiny addend undoes the binary error of decimals such as 95.01 · 100 = 9500.999….
  return Math.floor(value * places + 1e-9) / places
}
