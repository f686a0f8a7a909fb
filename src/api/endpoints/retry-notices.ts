import { z } from 'zod'
import { command, type Endpoint } from '../endpoint.ts'
import { count, named } from '../schemas.ts'

export const retryNotices: Endpoint = command({
  method: 'POST',
  path: '/notifiers/retry',
  name: 'retry_notices',
  summary: 'Try dead letters again',
  description: 'Those of these notice ids, or all.',
  body: z
    .strictObject({ ids: z.array(z.string().max(200)).max(1000).optional() })
    .register(named, { id: 'RetryNotices' }),
  response: z
    .strictObject({ retried: count.describe('How many are on their way again.') })
    .register(named, { id: 'NoticesRetried' }),
  answer: async ({ desk, body }) => ({ retried: await desk.retry(body.ids) }),
})
