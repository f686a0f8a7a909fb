import { z } from 'zod'
import { removingMaintenance } from '../../alerts/commands.ts'
import { isOver } from '../../alerts/maintenance.ts'
import { command, type Endpoint } from '../endpoint.ts'
import { maintenanceJson, maintenanceSchema } from '../maintenance-json.ts'
import { Refusal } from '../refusal.ts'
import { named, person } from '../schemas.ts'

export const removeMaintenance: Endpoint = command({
  method: 'DELETE',
  path: '/maintenance/:name',
  name: 'remove_maintenance',
  summary: 'Remove maintenance that was added',
  description: 'Answers the maintenance as it was.',
  body: z.strictObject({ by: person }).register(named, { id: 'RemoveMaintenance' }),
  response: maintenanceSchema,
  answer: async ({ desk, watch, snapshot, body, part }) => {
    const { atMs } = snapshot
    const wanted = part('name')
    // What is over is no longer listed, and its grace is not to be ended by a name that nobody sees.
    const known = watch.book.maintenance.find((each) => each.name === wanted && !isOver(each, atMs))
    if (known === undefined) {
      if (watch.options.maintenance.some(({ name }) => name === wanted)) {
        throw new Refusal('conflict', 'It is in the configuration: remove it there.')
      }
      throw new Refusal(
        'not-found',
        'No maintenance of this name was added; maintenance lists what there is.',
      )
    }
    await desk.decide(removingMaintenance({ atMs, by: body.by, name: wanted }))
    return { ...maintenanceJson(known, { atMs, configured: false }), active: false, next: null }
  },
})
