import { TimeZone } from './time-zone.ts'

/** Hours in which a WARNING waits until morning. Plain data. */
export interface QuietHours {
  /** Minutes after midnight, local time. `untilMinute` at or before `fromMinute`: past midnight. */
  readonly fromMinute: number
  readonly untilMinute: number
  readonly timeZone: string
  /** Days on which the hours begin, 0 is Sunday. Default: all. */
  readonly weekdays?: readonly number[]
}

/** Compiles quiet hours: whether it is quiet at an instant. */
export function quietAt({
  fromMinute,
  untilMinute,
  timeZone,
  weekdays,
}: QuietHours): (atMs: number) => boolean {
  const zone = new TimeZone(timeZone)
  const overnight = untilMinute <= fromMinute
  return (atMs) => {
    const { year, month, day, hour, minute } = zone.local(atMs)
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
    const now = 60 * hour + minute
    const begins = (on: number): boolean => weekdays === undefined || weekdays.includes(on)
    if (!overnight) return now >= fromMinute && now < untilMinute && begins(weekday)
    if (now >= fromMinute) return begins(weekday)
    return now < untilMinute && begins((weekday + 6) % 7)
  }
}
