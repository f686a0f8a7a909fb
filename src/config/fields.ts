import { z } from 'zod'
import { durationMs, meantDuration } from './durations.ts'
import type { Field } from './shape.ts'
import { shareOf } from './shares.ts'

const LONGEST_NAME = 200
const MOST_NAMES = 100

/** The end of a letter, in the unit of an indicator that is only known later: as it was written. */
export const letterEnd: Field<string | number> = {
  kind: 'field',
  schema: z.union([z.string(), z.number()]).refine((input) => {
    return Number.isFinite(durationMs(input)) || Number.isFinite(shareOf(input))
  }),
  expected: () => 'a duration such as "40ms" or a share such as "96%"',
  fix: (input) => `write "${meantDuration(input) ?? '40ms'}"`,
}

const BYTES = { kb: 2 ** 10, kib: 2 ** 10, mb: 2 ** 20, mib: 2 ** 20, gb: 2 ** 30, gib: 2 ** 30 } as const

/** A size in bytes, from a number or `"256MB"` (of 1024 · 1024 bytes, as disks are spoken of here). */
export const bytes: Field<number> = {
  kind: 'field',
  schema: z
    .unknown()
    .transform(bytesOf)
    .pipe(
      z
        .int()
        .min(2 ** 20)
        .max(2 ** 40),
    ),
  expected: () => 'a size from 1 MB to 1024 GB such as "256MB", or a number of bytes',
  fix: () => 'write "256MB"',
}

function bytesOf(input: unknown): unknown {
  if (typeof input !== 'string') return input
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]i?b)\s*$/i.exec(input) ?? []
  const factor = BYTES[unit.toLowerCase() as keyof typeof BYTES]
  return amount === undefined ? Number.NaN : Math.round(Number(amount) * factor)
}

/** A name that people gave something, of at most 200 characters. */
export function name(what: string, example: string): Field<string> {
  return {
    kind: 'field',
    schema: text(),
    expected: (input) => (tooLong(input) ? `${what} of at most ${LONGEST_NAME} characters` : what),
    fix: (input) => {
      if (tooLong(input)) return 'shorten it'
      const trimmed = typeof input === 'string' ? input.trim() : ''
      return trimmed === '' || tooLong(trimmed) ? `write "${example}"` : `write ${JSON.stringify(trimmed)}`
    },
  }
}

/** One name or a list of them. */
export function names(what: string, example: string): Field<readonly string[]> {
  const one = text()
  return {
    kind: 'field',
    schema: z.union([one.transform((only) => [only]), z.array(one).max(MOST_NAMES)]),
    expected: () => `${what} or a list of at most ${MOST_NAMES}`,
    fix: () => `write ["${example}"]`,
  }
}

function text(): z.ZodString {
  return z
    .string()
    .min(1)
    .max(LONGEST_NAME)
    .regex(/^\S(?:.*\S)?$/su)
}

function tooLong(input: unknown): boolean {
  return typeof input === 'string' && input.length > LONGEST_NAME
}

export function number(what: string, from: number, to: number, whole: boolean): Field<number> {
  const schema = (whole ? z.int() : z.number()).min(from).max(to)
  const example = whole ? Math.round((from + to) / 2) : 1
  return {
    kind: 'field',
    schema,
    expected: () => `${what} from ${from} to ${to}`,
    fix: (input) => `write ${nearest(input, from, to, whole) ?? example}`,
  }
}

function nearest(input: unknown, from: number, to: number, whole: boolean): number | undefined {
  const value = typeof input === 'string' && input.trim() !== '' ? Number(input) : input
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const within = Math.min(Math.max(value, from), to)
  return whole ? Math.round(within) : within
}

/** A text where it is one, to look at what was meant. */
function word(input: unknown): string {
  return typeof input === 'string' || typeof input === 'number' ? String(input).trim() : ''
}

export function choice<T extends string>(
  options: readonly T[],
  synonyms?: (input: unknown) => T | undefined,
): Field<T> {
  return {
    kind: 'field',
    schema: z.enum(options) as unknown as z.ZodType<T>,
    expected: () =>
      options
        .map((option) => JSON.stringify(option))
        .join(', ')
        .replace(/, ("[^"]*")$/, ' or $1'),
    fix: (input) => {
      const meant = synonyms?.(input) ?? options.find((option) => option === word(input).toLowerCase())
      return `write "${meant ?? options[0]!}"`
    },
  }
}

export const flag: Field<boolean> = {
  kind: 'field',
  schema: z.boolean(),
  expected: () => 'true or false',
  fix: (input) => `write ${/^(1|true|yes|on)$/i.test(word(input))}`,
}

/** A port that is listened on; 0 is any free one. */
export const port: Field<number | 'off'> = {
  kind: 'field',
  schema: z.union([
    z.int().min(0).max(65_535),
    z.literal('off'),
    z.literal(false).transform(() => 'off' as const),
  ]),
  expected: () => 'a port from 0 to 65535, or "off"',
  fix: (input) => {
    const meant = nearest(input, 0, 65_535, true)
    return `write ${meant === Number(word(input)) ? meant : 9797}`
  },
}

/** Where Yardstick is reached from outside: it stands in every notice, so no password may be in it. */
export const publicUrl: Field<string> = {
  kind: 'field',
  schema: z
    .string()
    .max(500)
    .regex(/^https?:\/\/[^\s@?#]+$/i)
    .refine((text) => URL.canParse(text)),
  expected: () => 'an address that starts with https:// or http://, without user, query and fragment',
  fix: () => 'write "https://perf.shop.example"',
  // Whatever was written in its place may be one.
  secret: true,
}

/** A secret that cannot be guessed. */
export const token: Field<string> = {
  kind: 'field',
  schema: z.string().regex(/^[\x21-\x7e]{16,200}$/),
  expected: () => 'a secret of 16 to 200 characters without spaces',
  fix: () => 'make one with: node -p "crypto.randomUUID()"',
  secret: true,
}
