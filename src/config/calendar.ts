import { z } from 'zod'
import { parseCron } from '../alerts/cron.ts'
import { isTimeZone } from '../alerts/time-zone.ts'
import type { Field } from './shape.ts'

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const DAY_MINUTES = 24 * 60

/** Five fields of cron. */
export const cron: Field<string> = {
  kind: 'field',
  schema: z.string().refine((text) => parseCron(text) !== undefined),
  expected: () => 'five fields of cron that some day matches: minute, hour, day of month, month, day of week',
  fix: () => 'write "30 2 * * *" for every day at 02:30',
}

/** The IANA name of a time zone. */
export const timeZone: Field<string> = {
  kind: 'field',
  schema: z.string().refine((name) => name !== '' && isTimeZone(name)),
  expected: () => 'the IANA name of a time zone such as "Europe/Berlin"',
  fix: () => 'write "UTC" or a name such as "Europe/Berlin"',
}

/** An instant in ms, from ISO 8601 with its offset: without one it would be another on every machine. */
export const instant: Field<number> = {
  kind: 'field',
  schema: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .pipe(z.number()),
  expected: () => 'a time with its offset such as "2026-03-28T22:00:00Z"',
  fix: (input) =>
    typeof input === 'string' && z.iso.datetime({ local: true }).safeParse(input).success
      ? `write "${input}Z", or another offset such as +01:00`
      : 'write "2026-03-28T22:00:00Z"',
}

/** Minutes after midnight, from `"22:00"`. */
export const timeOfDay: Field<number> = {
  kind: 'field',
  schema: z.unknown().transform(minutesOf).pipe(z.number().min(0).max(DAY_MINUTES)),
  expected: () => 'a time of day from "00:00" to "24:00"',
  fix: (input) => {
    const hour = typeof input === 'number' && Number.isInteger(input) && input >= 0 && input < 24 ? input : 22
    return `write "${String(hour).padStart(2, '0')}:00"`
  },
}

function minutesOf(input: unknown): number {
  const [, hour, minute] = typeof input === 'string' ? (/^(\d{1,2}):([0-5]\d)$/.exec(input) ?? []) : []
  return hour === undefined ? Number.NaN : 60 * Number(hour) + Number(minute)
}

/** Days of the week by their first three letters, as numbers: 0 is Sunday. */
export const weekdays: Field<readonly number[]> = {
  kind: 'field',
  schema: z
    .array(z.string().transform((name) => WEEKDAYS.indexOf(name.slice(0, 3).toLowerCase())))
    .min(1)
    .pipe(z.array(z.int().min(0))),
  expected: () => 'a list of days, each "mon", "tue", "wed", "thu", "fri", "sat" or "sun"',
  fix: () => 'write ["mon", "tue", "wed", "thu", "fri"]',
}
