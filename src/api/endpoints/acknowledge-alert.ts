import { z } from 'zod'
import { acknowledging } from '../../alerts/commands.ts'
import { command, type Endpoint } from '../endpoint.ts'
import { firingAlert } from '../firing-alert.ts'
import { knownAlert } from '../known-alert.ts'
import { named, person, remark } from '../schemas.ts'
import { timelineJson, timelineSchema } from '../timeline-json.ts'

export const acknowledgeAlert: Endpoint = command({
  method: 'POST',
  path: '/alerts/:id/acknowledge',
  name: 'acknowledge_alert',
  summary: 'Say that somebody looks after an alert',
  description: 'It is not repeated any more; getting worse, and its end, are still told.',
  body: z
    .strictObject({ by: person, comment: remark.default('') })
    .register(named, { id: 'AcknowledgeAlert' }),
  response: timelineSchema,
  answer: async (ask) => {
    const { desk, snapshot, body } = ask
    const { id } = firingAlert(ask)
    await desk.decide(acknowledging({ alert: id, atMs: snapshot.atMs, ...body }))
    const watch = await desk.watch()
    return timelineJson(await knownAlert({ ...ask, watch }), watch, snapshot.atMs)
  },
})
