import { z } from 'zod'
import { addingMaintenance } from '../../alerts/commands.ts'
import { parseCron } from '../../alerts/cron.ts'
import type { Maintenance } from '../../alerts/maintenance.ts'
import { isTimeZone } from '../../alerts/time-zone.ts'
import { parseDuration } from '../../ground/duration.ts'
import { command, type Endpoint } from '../endpoint.ts'
import { maintenanceJson, maintenanceSchema } from '../maintenance-json.ts'
import { matcherOf, matcherProblems, matcherSchema } from '../matcher-json.ts'
import { invalidBody, Refusal } from '../refusal.ts'
import { named, person } from '../schemas.ts'
import { duration, spanOf, spanShape } from '../span-json.ts'

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

export const addMaintenance: Endpoint = command({
  method: 'POST',
  path: '/maintenance',
  name: 'add_maintenance',
  summary: 'Announce maintenance',
  description: 'Once, by `until` or `for` and perhaps `from`; or again and again, by `cron` and `duration`.',
  status: 201,
  body,
  response: maintenanceSchema,
  answer: async ({ desk, watch, snapshot, body }) => {
    const { atMs } = snapshot
    if (watch.options.maintenance.some(({ name }) => name === body.name)) {
      throw new Refusal(
        'conflict',
        'A maintenance of this name is in the configuration: choose another name.',
      )
    }
    const made = maintenanceOf(body, atMs)
    const problems = [...made.problems, ...matcherProblems(body.match, watch)]
    if (problems.length > 0) throw invalidBody(problems)
    await desk.decide(addingMaintenance({ atMs, by: body.by, maintenance: made.maintenance }))
    return maintenanceJson(made.maintenance, { atMs, configured: false })
  },
})

function maintenanceOf(
  asked: z.infer<typeof body>,
  atMs: number,
): { readonly maintenance: Maintenance; readonly problems: ReturnType<typeof spanOf>['problems'] } {
  const { name, cron, duration: lasting, time_zone: timeZone } = asked
  const match = matcherOf(asked.match)
  if (cron === undefined && lasting === undefined) {
    const { fromMs, untilMs, problems } = spanOf(asked, atMs)
    return { maintenance: { kind: 'once', name, match, fromMs, untilMs }, problems }
  }
  const maintenance: Maintenance = {
    ...{ kind: 'recurring', name, match, timeZone },
    cron: cron ?? '',
    durationMs: parseDuration(lasting ?? '') ?? 0,
  }
  const given = (['cron', 'duration', 'from', 'until', 'for'] as const).filter(
    (part) => asked[part] !== undefined,
  )
  if (given.join() === 'cron,duration') return { maintenance, problems: [] }
  const detail = `cron: Expected cron and duration, or else until or for; got ${given.join(' and ')}.`
  return { maintenance, problems: [{ parameter: 'cron', detail }] }
}
