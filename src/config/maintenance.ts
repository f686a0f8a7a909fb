import type { Maintenance } from '../alerts/maintenance.ts'
import { iso } from '../ground/instant.ts'
import type { MaintenanceDraft } from './alert-drafts.ts'
import type { Problem } from './problems.ts'

/** The maintenance of the configuration: each once, or recurring. */
export function maintenanceFrom(
  drafts: readonly (MaintenanceDraft | undefined)[],
  problems: Problem[],
): readonly Maintenance[] {
  return drafts.flatMap((draft, at) =>
    draft === undefined ? [] : (oneFrom(draft, `alerts.maintenance[${at}]`, problems) ?? []),
  )
}

function oneFrom(draft: MaintenanceDraft, path: string, problems: Problem[]): Maintenance | undefined {
  const has = (option: keyof MaintenanceDraft): boolean => Object.hasOwn(draft, option)
  const { name, cron, duration, timeZone = 'UTC', from, until, targets, components } = draft
  if (!has('name'))
    problems.push({ path: `${path}.name`, expected: 'name', got: 'nothing', fix: 'write name: "backup"' })
  const recurring = has('cron') || has('duration')
  const once = has('from') || has('until')
  const whole = recurring ? has('cron') && has('duration') : has('from') && has('until')
  if (recurring === once || !whole) {
    const got = ['cron', 'duration', 'from', 'until'].filter((option) => Object.hasOwn(draft, option))
    problems.push({
      path,
      expected: 'cron and duration, or from and until',
      got: got.length === 0 ? 'none of them' : got.join(' and '),
      fix: 'write cron: "30 2 * * *", duration: "1h"',
    })
    return undefined
  }
  const match = {
    ...(targets === undefined ? {} : { targets }),
    ...(components === undefined ? {} : { components }),
  }
  if (name === undefined) return undefined
  if (cron !== undefined && duration !== undefined)
    return { kind: 'recurring', name, match, cron, durationMs: duration, timeZone }
  if (from === undefined || until === undefined) return undefined
  if (from >= until) {
    problems.push({
      path: `${path}.until`,
      expected: 'a time after from',
      got: iso(until),
      fix: 'exchange them',
    })
  }
  return { kind: 'once', name, match, fromMs: from, untilMs: until }
}
