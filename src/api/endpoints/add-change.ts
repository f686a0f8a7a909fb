import { z } from 'zod'
import { changing } from '../../alerts/commands.ts'
import { iso } from '../../ground/instant.ts'
import { command, type Endpoint } from '../endpoint.ts'
import { instant, named } from '../schemas.ts'

export const addChange: Endpoint = command({
  method: 'POST',
  path: '/changes',
  name: 'add_change',
  summary: 'Tell of a deploy',
  description:
    'Nothing fires for the grace after a change, and alerts that begin after it name it in their evidence.',
  status: 201,
  body: z
    .strictObject({ name: z.string().trim().min(1).max(200).describe('Such as a version.') })
    .register(named, { id: 'AddChange' }),
  response: z
    .strictObject({ id: z.string(), name: z.string(), timestamp: instant })
    .register(named, { id: 'Change' }),
  answer: async ({ desk, snapshot: { atMs }, body: { name } }) => {
    const event = changing({ atMs, name })
    await desk.decide(event)
    return { id: event.id, name, timestamp: iso(atMs) }
  },
})
