import { z } from 'zod'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { alerts as alertList, count, named } from '../schemas.ts'

export const alerts: Endpoint = endpoint({
  path: '/alerts',
  name: 'alerts',
  summary: 'Alerts',
  description: 'Empty until this version of Yardstick raises alerts; the envelope stays as it is.',
  windowed: false,
  response: z
    .strictObject({ ...headShape, alerts: alertList, total: count })
    .register(named, { id: 'Alerts' }),
  answer: ({ snapshot }) => ({ ...head(snapshot), alerts: [], total: 0 }),
})
