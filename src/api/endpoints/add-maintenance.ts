import { z } from 'zod'
import { addingMaintenance } from '../../alerts/commands.ts'
import { parseCron } from '../../alerts/cron.ts'
import type { Maintenance } from '../../alerts/maintenance.ts'
import { isTimeZone } from '../../alerts/time-zone.ts'
import { parseDuration } from '../../ground/duration.ts'
import { bodyCheck } from '../body-check.ts'
import { command, type Endpoint } from '../endpoint.ts'
import { maintenanceJson, maintenanceSchema } from '../maintenance-json.ts'
import { matcherCheck, matcherOf, matcherSchema } from '../matcher-json.ts'
import { Refusal } from '../refusal.ts'
import { named, person } from '../schemas.ts'
import { duration, type SpanJson, spanOf, spanProblems, spanShape } from '../span-json.ts'

const body = z
  .strictObject({
    by: person,
    name: z.string().trim().min(1).max(100).describe('Unique; one that was added before is replaced.'),
    match: matcherSchema.default({}),
    ...spanShape,
    cron: z
      .string()
      .refine(
        (text) => parseCron(text) !== undefined,
        'Expected minute, hour, day of month, month and day of week such as 30 2 * * MON-FRI',
      )
      .optional(),
    duration: duration.optional(),
    time_zone: z.string().refine(isTimeZone, 'Expected a name such as Europe/Berlin').default('UTC'),
  })
  .register(named, { id: 'AddMaintenance' })

interface Times extends SpanJson {
  readonly cron?: string | undefined
  readonly duration?: string | undefined
}

const TIMES = ['cron', 'duration', 'from', 'until', 'for'] as const

const timesCheck = bodyCheck<Times>(TIMES, (times, { snapshot }) => {
  if (times.cron === undefined && times.duration === undefined) return spanProblems(times, snapshot.atMs)
  const given = TIMES.filter((part) => times[part] !== undefined)
  if (given.join() === 'cron,duration') return []
  const detail = `cron: Expected cron and duration, or else until or for; got ${given.join(' and ')}.`
  return [{ parameter: 'cron', detail }]
})

export const addMaintenance: Endpoint = command({
  method: 'POST',
  path: '/maintenance',
  name: 'add_maintenance',
  summary: 'Announce maintenance',
  description: 'Once, by `until` or `for` and perhaps `from`; or again and again, by `cron` and `duration`.',
  status: 201,
  body,
  checks: [timesCheck, matcherCheck],
  response: maintenanceSchema,
  answer: async ({ desk, watch, snapshot, body }) => {
    const { atMs } = snapshot
    if (watch.options.maintenance.some(({ name }) => name === body.name)) {
      throw new Refusal(
        'conflict',
        'A maintenance of this name is in the configuration: choose another name.',
      )
    }
    const maintenance = maintenanceOf(body, atMs)
    await desk.decide(addingMaintenance({ atMs, by: body.by, maintenance }))
    return maintenanceJson(maintenance, { atMs, configured: false })
  },
})

function maintenanceOf(asked: z.infer<typeof body>, atMs: number): Maintenance {
  const { name, cron, duration: lasting, time_zone: timeZone } = asked
  const match = matcherOf(asked.match)
  if (cron === undefined || lasting === undefined)
    return { kind: 'once', name, match, ...spanOf(asked, atMs) }
  return { kind: 'recurring', name, match, timeZone, cron, durationMs: parseDuration(lasting)! }
}
