import { z } from 'zod'
import { alertJson, alertSchema } from '../alert-json.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { count, named } from '../schemas.ts'

export const alerts: Endpoint = endpoint({
  path: '/alerts',
  name: 'alerts',
  summary: 'Alerts that fire now',
  description:
    'Of the whole service, with the evidence they were decided on; the most severe and oldest first.',
  windowed: false,
  response: z
    .strictObject({ ...headShape, alerts: z.array(alertSchema), total: count })
    .register(named, { id: 'Alerts' }),
  answer: ({ snapshot }) => {
    const active = snapshot.alerts.map(alertJson)
    return { ...head(snapshot), alerts: active, total: active.length }
  },
})
