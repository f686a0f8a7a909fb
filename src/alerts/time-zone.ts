const MINUTE_MS = 60_000
/** No zone has changed its offset other than at a quarter of an hour, UTC, for half a century. */
const QUARTER_MS = 15 * MINUTE_MS
const MOST_REMEMBERED = 1000

/** A time as a clock on the wall shows it. */
export interface LocalTime {
  readonly year: number
  /** 1–12 */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
}

/** A time zone by its IANA name: between instants and what its clocks show. */
export class TimeZone {
  readonly name: string
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()

  /** @throws RangeError when the name is none that is known */
  constructor(name: string) {
    this.name = name
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** How far the zone's clocks are ahead of UTC. Formatting takes microseconds, so some quarters are remembered. */
  offsetMs(atMs: number): number {
    const quarter = Math.floor(atMs / QUARTER_MS)
    const known = this.#offsets.get(quarter)
    if (known !== undefined) return known
    const instantMs = quarter * QUARTER_MS
    const parts = Object.fromEntries(
      this.#format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]),
    ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>
    const { year, month, day, hour, minute, second } = parts
    const offsetMs = Date.UTC(year, month - 1, day, hour, minute, second) - instantMs
    if (this.#offsets.size >= MOST_REMEMBERED) this.#offsets.clear()
    this.#offsets.set(quarter, offsetMs)
    return offsetMs
  }

  local(atMs: number): LocalTime {
    const shown = new Date(atMs + this.offsetMs(atMs))
    return {
      year: shown.getUTCFullYear(),
      month: shown.getUTCMonth() + 1,
      day: shown.getUTCDate(),
      hour: shown.getUTCHours(),
      minute: shown.getUTCMinutes(),
    }
  }

  /**
   * The instant of a local time, as RFC 5545 and Temporal's `compatible` have it: of a time that comes twice the
   * first; a time that is skipped counts as so much later (02:30 of a night that jumps from 2 to 3 is 03:30).
   */
  instantMs({ year, month, day, hour, minute }: LocalTime): number {
    const shownMs = Date.UTC(year, month - 1, day, hour, minute)
    const before = this.offsetMs(shownMs - 24 * 60 * MINUTE_MS)
    const after = this.offsetMs(shownMs + 24 * 60 * MINUTE_MS)
    const early = shownMs - before
    if (before === after || this.offsetMs(early) === before) return early
    const late = shownMs - after
    return this.offsetMs(late) === after ? late : early
  }
}

/** Whether an IANA name is known here. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}
