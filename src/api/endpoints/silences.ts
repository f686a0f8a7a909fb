import { z } from 'zod'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { count, named } from '../schemas.ts'
import { silenceJson, silenceSchema } from '../silence-json.ts'

export const silences: Endpoint = endpoint({
  path: '/silences',
  name: 'silences',
  summary: 'Silences',
  description: 'Those that are not over yet. What is silenced goes on and is shown; nobody is told.',
  windowed: false,
  response: z
    .strictObject({ ...headShape, silences: z.array(silenceSchema), total: count })
    .register(named, { id: 'Silences' }),
  answer: ({ snapshot, watch }) => {
    const all = watch.book.silences(snapshot.atMs)
    return {
      ...head(snapshot),
      silences: all.map((silence) => silenceJson(silence, snapshot.atMs)),
      total: all.length,
    }
  },
})
