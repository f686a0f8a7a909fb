import { z } from 'zod'
import { iso } from '../../ground/instant.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { notifierJson, notifierSchema } from '../notifier-json.ts'
import { count, instant, named } from '../schemas.ts'

const letter = z.strictObject({
  id: z.string().describe('The notice’s.'),
  notifier: z.string(),
  timestamp: instant.describe('When it was given up.'),
  reason: z.string().describe('Why it was to be said.'),
  summary: z.string(),
  why: z.string(),
  attempts: count,
})

export const notifiers: Endpoint = endpoint({
  path: '/notifiers',
  name: 'notifiers',
  summary: 'Who is told, and what did not get through',
  description:
    'Notifiers as they are in the process that answers: only one process of a service tells people. Dead letters are ' +
    'those of all.',
  windowed: false,
  response: z
    .strictObject({
      ...headShape,
      notifiers: z.array(notifierSchema),
      dead_letters: z.array(letter).describe('Notices of the last day that were given up on.'),
    })
    .register(named, { id: 'Notifiers' }),
  answer: async ({ snapshot, desk }) => ({
    ...head(snapshot),
    notifiers: desk.delivery.state.map(notifierJson),
    dead_letters: (await desk.deadLetters()).map(({ notice, notifier, atMs, why, attempts }) => ({
      id: notice.id,
      notifier,
      timestamp: iso(atMs),
      reason: notice.reason,
      summary: notice.summary,
      why,
      attempts,
    })),
  }),
})
