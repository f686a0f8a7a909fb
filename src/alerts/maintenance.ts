import { type Cron, parseCron } from './cron.ts'
import type { Matcher } from './matcher.ts'
import { TimeZone } from './time-zone.ts'

/** A time in which nobody wants to hear of some targets: once, or again and again. Plain data. */
export type Maintenance = {
  /** Unique. */
  readonly name: string
  readonly match: Matcher
} & (
  | { readonly kind: 'once'; readonly fromMs: number; readonly untilMs: number }
  | {
      readonly kind: 'recurring'
      /** Five fields, in the time zone's own time. */
      readonly cron: string
      readonly durationMs: number
      /** IANA name. */
      readonly timeZone: string
    }
)

export interface MaintenanceSpan {
  readonly fromMs: number
  readonly untilMs: number
}

/** Whether it never comes again. */
export function isOver(maintenance: Maintenance, atMs: number): boolean {
  return maintenance.kind === 'once' && maintenance.untilMs <= atMs
}

const DAY_MS = 86_400_000
const LONGEST_SEARCH_DAYS = 9 * 366

/** When a maintenance is: compiled, remembering its last answer, since it is asked every second. */
export class MaintenanceSchedule {
  readonly maintenance: Maintenance
  readonly #cron: Cron | undefined
  readonly #zone: TimeZone | undefined
  #askedMs = Number.NaN
  #last: MaintenanceSpan | undefined
  #nextMs = Number.NaN

  /** @throws RangeError when cron or time zone cannot be read; the configuration has looked at both before */
  constructor(maintenance: Maintenance) {
    this.maintenance = maintenance
    if (maintenance.kind === 'once') return
    this.#cron = parseCron(maintenance.cron)
    if (this.#cron === undefined) throw new RangeError(`not a cron expression: ${maintenance.cron}`)
    this.#zone = new TimeZone(maintenance.timeZone)
  }

  /** The span that began last, at `atMs` or before; it may be over. `undefined` before the first. */
  last(atMs: number): MaintenanceSpan | undefined {
    const { maintenance } = this
    if (maintenance.kind === 'once') return atMs >= maintenance.fromMs ? maintenance : undefined
    if (atMs >= this.#askedMs && atMs < this.#nextMs) return this.#last
    const fromMs = this.#start(atMs, -1)
    this.#askedMs = fromMs ?? atMs
    this.#nextMs = this.#start(atMs, 1) ?? Number.POSITIVE_INFINITY
    this.#last = fromMs === undefined ? undefined : { fromMs, untilMs: fromMs + maintenance.durationMs }
    return this.#last
  }

  activeAt(atMs: number): boolean {
    const span = this.last(atMs)
    return span !== undefined && atMs < span.untilMs
  }

  /** The first start after `atMs`. */
  nextMs(atMs: number): number | undefined {
    const { maintenance } = this
    if (maintenance.kind === 'once') return maintenance.fromMs > atMs ? maintenance.fromMs : undefined
    return this.#start(atMs, 1)
  }

  /** The nearest start: backwards at `atMs` or before, forwards after it. */
  #start(atMs: number, direction: 1 | -1): number | undefined {
    const cron = this.#cron!
    const zone = this.#zone!
    const { year, month, day } = zone.local(atMs)
    const noon = Date.UTC(year, month - 1, day, 12)
    const minutesOfDay = cron.hours.flatMap((hour) => cron.minutes.map((minute) => 60 * hour + minute))
    if (direction === -1) minutesOfDay.reverse()
    // A day to either side: at a change of the clocks a start may lie on the other side of midnight.
    for (let step = -1; step < LONGEST_SEARCH_DAYS; step++) {
      const date = new Date(noon + direction * step * DAY_MS)
      const calendar = { month: date.getUTCMonth() + 1, day: date.getUTCDate() }
      if (!cron.on({ ...calendar, weekday: date.getUTCDay() })) continue
      const starts = minutesOfDay.map((minutes) =>
        zone.instantMs({
          ...calendar,
          year: date.getUTCFullYear(),
          hour: Math.floor(minutes / 60),
          minute: minutes % 60,
        }),
      )
      const fitting = starts.filter((start) => (direction === 1 ? start > atMs : start <= atMs))
      if (fitting.length > 0) return direction === 1 ? Math.min(...fitting) : Math.max(...fitting)
    }
    return undefined
  }
}
