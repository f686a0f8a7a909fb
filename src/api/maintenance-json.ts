import { z } from 'zod'
import { type Maintenance, MaintenanceSchedule } from '../alerts/maintenance.ts'
import { iso } from '../ground/instant.ts'
import { type MatcherJson, matcherSchema } from './matcher-json.ts'
import { instant, milliseconds, named } from './schemas.ts'

export interface MaintenanceJson {
  readonly name: string
  readonly match: MatcherJson
  readonly kind: Maintenance['kind']
  readonly from: string | null
  readonly until: string | null
  readonly cron: string | null
  readonly duration_ms: number | null
  readonly time_zone: string | null
  readonly configured: boolean
  readonly active: boolean
  readonly next: string | null
}

export const maintenanceSchema: z.ZodType<MaintenanceJson> = z
  .strictObject({
    name: z.string(),
    match: matcherSchema,
    kind: z.enum(['once', 'recurring']),
    from: instant.nullable(),
    until: instant.nullable(),
    cron: z.string().nullable(),
    duration_ms: milliseconds.nullable(),
    time_zone: z.string().nullable(),
    configured: z.boolean().describe('It is in the configuration, and can be removed only there.'),
    active: z.boolean(),
    next: instant.nullable().describe('When it begins next.'),
  })
  .register(named, { id: 'Maintenance' })

export function maintenanceJson(
  each: Maintenance,
  { atMs, configured }: { readonly atMs: number; readonly configured: boolean },
): MaintenanceJson {
  const schedule = new MaintenanceSchedule(each)
  const nextMs = schedule.nextMs(atMs)
  const once = each.kind === 'once'
  return {
    name: each.name,
    match: each.match,
    kind: each.kind,
    from: once ? iso(each.fromMs) : null,
    until: once ? iso(each.untilMs) : null,
    cron: once ? null : each.cron,
    duration_ms: once ? null : each.durationMs,
    time_zone: once ? null : each.timeZone,
    configured,
    active: schedule.activeAt(atMs),
    next: nextMs === undefined ? null : iso(nextMs),
  }
}
