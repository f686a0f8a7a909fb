import { z } from 'zod'
import { DeliveryError } from '../../engine/delivery.ts'
import { command, type Endpoint } from '../endpoint.ts'
import { Refusal } from '../refusal.ts'
import { named } from '../schemas.ts'

export const testNotifier: Endpoint = command({
  method: 'POST',
  path: '/notifiers/:name/test',
  name: 'test_notifier',
  summary: 'Send a test notice',
  description: 'At once, past queue and circuit; answers when it was delivered.',
  body: z.strictObject({}).register(named, { id: 'TestNotifier' }),
  response: z
    .strictObject({ notifier: z.string(), delivered: z.literal(true) })
    .register(named, { id: 'NotifierTested' }),
  answer: async ({ desk, part }) => {
    const { delivery } = desk
    const notifier = part('name')
    if (!delivery.names.includes(notifier)) {
      const known =
        delivery.names.length === 0
          ? 'none is configured'
          : `the configuration has ${delivery.names.join(', ')}`
      throw new Refusal('not-found', `Expected the name of a notifier: ${known}.`)
    }
    try {
      await desk.test(notifier)
    } catch (error) {
      if (error instanceof DeliveryError) throw new Refusal('not-delivered', error.message)
      throw error
    }
    return { notifier, delivered: true as const }
  },
})
