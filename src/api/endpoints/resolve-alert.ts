import { z } from 'zod'
import { command, type Endpoint } from '../endpoint.ts'
import { firingAlert } from '../firing-alert.ts'
import { knownAlert } from '../known-alert.ts'
import { named, person } from '../schemas.ts'
import { timelineJson, timelineSchema } from '../timeline-json.ts'

export const resolveAlert: Endpoint = command({
  method: 'POST',
  path: '/alerts/:id/resolve',
  name: 'resolve_alert',
  summary: 'Resolve an alert by hand',
  description: 'If its target is still over the threshold, another one fires.',
  body: z.strictObject({ by: person }).register(named, { id: 'ResolveAlert' }),
  response: timelineSchema,
  answer: async (ask) => {
    const { desk, snapshot, body } = ask
    const { id } = firingAlert(ask)
    await desk.decide(ask.watch.resolving({ alert: id, by: body.by, atMs: snapshot.atMs })!)
    const watch = await desk.watch()
    return timelineJson(await knownAlert({ ...ask, watch }), watch, snapshot.atMs)
  },
})
