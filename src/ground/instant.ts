/** As ISO 8601 in UTC, to the millisecond; `instantOf` reads it. */
export function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}

/**
 * Reads a time as ISO 8601 with its zone; `undefined` when it is none.
 *
 * @example instantOf('2026-01-10T12:00:00+01:00')
 */
export function instantOf(text: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}
