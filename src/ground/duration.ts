const UNITS_MS = { ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * Reads a duration such as `"50ms"`, `"1.5s"`, `"5min"`, `"1h"`, `"30d"` as milliseconds; a number is
 * milliseconds already. `undefined` when it is neither (negative and non-finite durations included).
 *
 * @example
 * parseDuration('1.5s') // 1500
 */
export function parseDuration(input: string | number): number | undefined {
  if (typeof input === 'number') return Number.isFinite(input) && input >= 0 ? input : undefined
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)\s*$/.exec(input)
  if (match === null) return undefined
  return Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS]
}

/** Writes milliseconds the way people say them: `0.004 ms`, `0.42 ms`, `38 ms`, `1.5 s`, `5 min`, `2 h`. */
export function formatDuration(durationMs: number): string {
  // Nothing that took time reads as if it took none.
  if (durationMs > 0 && durationMs < 0.0005) return '< 0.001 ms'
  if (durationMs < 0.01) return `${trim(durationMs, 3)} ms`
  if (durationMs < 10) return `${trim(durationMs, 2)} ms`
  if (durationMs < 1000) return `${trim(durationMs, durationMs < 100 ? 1 : 0)} ms`
  if (durationMs < 60_000) return `${trim(durationMs / 1000, 1)} s`
  if (durationMs < 3_600_000) return `${trim(durationMs / 60_000, 1)} min`
  return `${trim(durationMs / 3_600_000, 1)} h`
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
