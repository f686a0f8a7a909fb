import { z } from 'zod'
import { silencing } from '../../alerts/commands.ts'
import { command, type Endpoint } from '../endpoint.ts'
import { matcherCheck, matcherOf, matcherSchema } from '../matcher-json.ts'
import { named, person, remark } from '../schemas.ts'
import { silenceJson, silenceSchema } from '../silence-json.ts'
import { spanCheck, spanOf, spanShape } from '../span-json.ts'

export const addSilence: Endpoint = command({
  method: 'POST',
  path: '/silences',
  name: 'add_silence',
  summary: 'Silence alerts for a time',
  description: 'Give `until`, or `for`; `from` is now unless it is said.',
  status: 201,
  body: z
    .strictObject({ by: person, comment: remark.default(''), match: matcherSchema, ...spanShape })
    .register(named, { id: 'AddSilence' }),
  checks: [spanCheck, matcherCheck],
  response: silenceSchema,
  answer: async ({ desk, snapshot, body }) => {
    const { atMs } = snapshot
    const { by, comment, match } = body
    const event = silencing({ atMs, by, comment, match: matcherOf(match), ...spanOf(body, atMs) })
    await desk.decide(event)
    return silenceJson(event.silence, atMs)
  },
})
