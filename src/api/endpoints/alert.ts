import { type Endpoint, endpoint } from '../endpoint.ts'
import { knownAlert } from '../known-alert.ts'
import { timelineJson, timelineSchema } from '../timeline-json.ts'

export const alert: Endpoint = endpoint({
  path: '/alerts/:id',
  name: 'alert',
  summary: 'One alert, with its timeline',
  description: 'What happened to it in words: transitions, what people did, notices and what became of them.',
  windowed: false,
  response: timelineSchema,
  answer: async (ask) => timelineJson(await knownAlert(ask), ask.watch, ask.snapshot.atMs),
})
