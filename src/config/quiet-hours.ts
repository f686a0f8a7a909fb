import type { QuietHours } from '../alerts/quiet-hours.ts'
import type { QuietHoursDraft } from './alert-drafts.ts'
import type { Problem } from './problems.ts'

/** Hours in which what never was CRITICAL waits. */
export function quietHoursFrom(
  drafts: readonly (QuietHoursDraft | undefined)[],
  problems: Problem[],
): readonly QuietHours[] {
  return drafts.flatMap((draft, at): readonly QuietHours[] => {
    if (draft === undefined) return []
    for (const option of ['from', 'until'] as const) {
      if (Object.hasOwn(draft, option)) continue
      const path = `alerts.quietHours[${at}].${option}`
      const fix = `write ${option}: "${option === 'from' ? '22:00' : '07:00'}"`
      problems.push({ path, expected: 'a time of day', got: 'nothing', fix })
    }
    const { from, until, timeZone = 'UTC', days } = draft
    if (from === undefined || until === undefined) return []
    const weekdays = days === undefined ? {} : { weekdays: days }
    return [{ fromMinute: from, untilMinute: until, timeZone, ...weekdays }]
  })
}
