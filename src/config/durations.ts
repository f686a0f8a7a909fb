import { z } from 'zod'
import { parseDuration } from '../ground/duration.ts'
import type { Field } from './shape.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A latency's limit in ms. */
export const latency: Field<number> = duration({
  least: 0.001,
  most: HOUR_MS,
  bounds: 'a duration from 0.001 ms to 1 h',
  example: '300ms',
})

/** How long something is kept, in ms: never shorter than the longest window. */
export const retention: Field<number> = duration({
  least: 25 * HOUR_MS,
  most: 3650 * DAY_MS,
  bounds: 'a duration from 25 h to 3650 d',
  example: '90d',
})

/** A duration within bounds, in ms. */
export function duration(range: {
  readonly least: number
  readonly most: number
  readonly bounds: string
  readonly example: string
}): Field<number> {
  const { least, most, bounds, example } = range
  const readable = (input: unknown): boolean => Number.isFinite(durationMs(input))
  return {
    kind: 'field',
    schema: z.unknown().transform(durationMs).pipe(z.number().min(least).max(most)),
    expected: (input) => (readable(input) ? bounds : `a duration such as "${example}"`),
    fix: (input) => `write "${readable(input) ? example : (meantDuration(input) ?? example)}"`,
  }
}

/** NaN for what is no duration. */
export function durationMs(input: unknown): number {
  const readable = typeof input === 'string' || typeof input === 'number'
  return readable ? (parseDuration(input) ?? Number.NaN) : Number.NaN
}

// Units as people write them elsewhere, with ours.
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^(|msecs?|millis|milliseconds?)$/, 'ms'],
  [/^(secs?|seconds?)$/, 's'],
  [/^(mins|minutes?)$/, 'min'],
  [/^(hrs?|hours?)$/, 'h'],
  [/^days?$/, 'd'],
]

/** What somebody most likely meant: `300`, `5 secs`. */
export function meantDuration(input: unknown): string | undefined {
  if (typeof input !== 'string') return undefined
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(input) ?? []
  const meant = UNITS.find(([pattern]) => pattern.test(unit.toLowerCase()))
  return amount === undefined || meant === undefined ? undefined : `${amount}${meant[1]}`
}
