const LONGEST_MS = 3_600_000

/**
 * A `Retry-After` header (seconds, or an HTTP date) in ms from now; `undefined` where there is none that can be read.
 * At most an hour: a receiver must not be able to silence its alerts for good.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, LONGEST_MS)
  // `Date.parse` takes much for a date that is none ("-5", "1.5").
  const atMs = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isFinite(atMs) ? Math.min(Math.max(0, atMs - nowMs), LONGEST_MS) : undefined
}
