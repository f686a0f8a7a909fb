import { z } from 'zod'
import { endingSilence } from '../../alerts/commands.ts'
import { iso } from '../../ground/instant.ts'
import { command, type Endpoint } from '../endpoint.ts'
import { Refusal } from '../refusal.ts'
import { instant, named, person } from '../schemas.ts'
import { silenceJson, silenceShape } from '../silence-json.ts'

export const endSilence: Endpoint = command({
  method: 'DELETE',
  path: '/silences/:id',
  name: 'end_silence',
  summary: 'End a silence',
  description: 'Answers the silence as it was. What it kept quiet and still fires is told now.',
  body: z.strictObject({ by: person }).register(named, { id: 'EndSilence' }),
  response: z
    .strictObject({ ...silenceShape, ended: instant, ended_by: z.string() })
    .register(named, { id: 'EndedSilence' }),
  answer: async ({ desk, watch, snapshot, body, part }) => {
    const { atMs } = snapshot
    const silence = watch.book.silences(atMs).find(({ id }) => id === part('id'))
    if (silence === undefined) {
      throw new Refusal('not-found', 'No silence of this id is left; silences lists those that are.')
    }
    await desk.decide(endingSilence({ atMs, by: body.by, silence: silence.id }))
    return { ...silenceJson(silence, atMs), active: false, ended: iso(atMs), ended_by: body.by }
  },
})
