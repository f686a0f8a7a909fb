/** A field of a cron expression: its numbers, and whether it is `*`. */
interface Field {
  readonly numbers: readonly number[]
  readonly any: boolean
}

/** A cron expression, read. */
export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** Whether a day of the calendar is one of its days. `weekday`: 0 is Sunday. */
  readonly on: (date: { readonly month: number; readonly day: number; readonly weekday: number }) => boolean
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/**
 * Reads the five fields of cron: minute, hour, day of month, month, day of week. Each `*`, numbers, ranges, lists and
 * steps; months and weekdays by their English names too; Sunday is 0 or 7. Where both days are given either will do,
 * as in cron itself. `undefined` when it cannot be read or no day can ever match.
 *
 * @example parseCron('30 2 * * MON-FRI')
 */
export function parseCron(text: string): Cron | undefined {
  const parts = text.trim().split(/\s+/)
  if (parts.length !== 5) return undefined
  const [minute, hour, day, month, weekday] = [
    field(parts[0]!, 0, 59),
    field(parts[1]!, 0, 23),
    field(parts[2]!, 1, 31),
    field(parts[3]!, 1, 12, MONTHS),
    field(parts[4]!, 0, 7, WEEKDAYS),
  ]
  if (!minute || !hour || !day || !month || !weekday) return undefined
  const weekdays = new Set(weekday.numbers.map((number) => number % 7))
  const reachable = month.numbers.some((each) => day.numbers[0]! <= LONGEST[each - 1]!)
  if (!reachable && weekday.any) return undefined
  return {
    minutes: minute.numbers,
    hours: hour.numbers,
    on: (date) => {
      if (!month.numbers.includes(date.month)) return false
      const ofMonth = day.numbers.includes(date.day)
      const ofWeek = weekdays.has(date.weekday)
      return day.any || weekday.any ? ofMonth && ofWeek : ofMonth || ofWeek
    },
  }
}

/** Days of each month, in a leap year. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function field(text: string, from: number, to: number, names: readonly string[] = []): Field | undefined {
  const numbers = new Set<number>()
  const numberOf = (word: string): number => {
    const named = names.indexOf(word.toLowerCase())
    if (named !== -1) return named + (names === MONTHS ? 1 : 0)
    return /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN
  }
  for (const item of text.split(',')) {
    const [, range, step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(item) ?? []
    if (range === undefined) return undefined
    const [first, last = step === undefined ? first : undefined, ...more] =
      range === '*' ? [String(from), String(to)] : range.split('-')
    const begin = numberOf(first!)
    // `5/15` goes on to the end of the field.
    const end = last === undefined ? to : numberOf(last)
    const by = step === undefined ? 1 : Number(step)
    if (more.length > 0 || by === 0 || !(begin >= from && begin <= end && end <= to)) return undefined
    for (let number = begin; number <= end; number += by) numbers.add(number)
  }
  return { numbers: [...numbers].sort((one, other) => one - other), any: text.startsWith('*') }
}
