import { z } from 'zod'
import { isOver } from '../../alerts/maintenance.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { maintenanceJson, maintenanceSchema } from '../maintenance-json.ts'
import { count, named } from '../schemas.ts'

export const maintenance: Endpoint = endpoint({
  path: '/maintenance',
  name: 'maintenance',
  summary: 'Maintenance',
  description: 'Times in which nothing fires and nobody is told, of the configuration and added.',
  windowed: false,
  response: z
    .strictObject({ ...headShape, maintenance: z.array(maintenanceSchema), total: count })
    .register(named, { id: 'MaintenanceList' }),
  answer: ({ snapshot, watch }) => {
    const { atMs } = snapshot
    const added = watch.book.maintenance.filter((each) => !isOver(each, atMs))
    const all = [
      ...watch.options.maintenance.map((each) => maintenanceJson(each, { atMs, configured: true })),
      ...added.map((each) => maintenanceJson(each, { atMs, configured: false })),
    ]
    return { ...head(snapshot), maintenance: all, total: all.length }
  },
})
