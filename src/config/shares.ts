import { z } from 'zod'
import type { Field } from './shape.ts'

/** A share, 0–1, from `"95%"` or `0.95`. */
export const share: Field<number> = {
  kind: 'field',
  schema: z.unknown().transform(shareOf).pipe(z.number().min(0.0001).max(0.9999)),
  expected: (input) =>
    Number.isFinite(shareOf(input)) ? 'a share from 0.01% to 99.99%' : 'a share such as "95%" or 0.95',
  fix: (input) => `write "${meantPercent(input) ?? '95%'}"`,
}

/** NaN for what is no share; not held to 0–1. */
export function shareOf(input: unknown): number {
  if (typeof input === 'number') return input >= 0 && input <= 1 ? input : Number.NaN
  const [, percent] = typeof input === 'string' ? (/^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(input) ?? []) : []
  // Via the decimal that was written: 99.9 / 100 is not the double nearest to 0.999.
  return percent === undefined ? Number.NaN : Number(`${percent}e-2`)
}

function meantPercent(input: unknown): string | undefined {
  const number = typeof input === 'string' ? Number(input.trim() || Number.NaN) : input
  if (typeof number !== 'number' || !(number > 0 && number < 100) || number === 1) return undefined
  return `${number < 1 ? Number((number * 100).toFixed(6)) : number}%`
}
