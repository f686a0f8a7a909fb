import { z } from 'zod'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { type OpenApi, openapi } from '../openapi.ts'
import { named } from '../schemas.ts'

/** Made once: it takes 13 ms, and whoever asks for it a thousand times must not keep the engine from its cycles. */
let document: OpenApi | undefined

export const openapiDocument: Endpoint = endpoint({
  path: '/openapi.json',
  name: 'openapi',
  summary: 'This description',
  description: 'OpenAPI 3.1, made from the same schemas that the answers are checked against.',
  windowed: false,
  response: z
    .looseObject({ openapi: z.literal('3.1.0'), paths: z.record(z.string(), z.unknown()) })
    .register(named, { id: 'OpenApi' }),
  answer: ({ endpoints }) => {
    document ??= openapi(endpoints)
    return document
  },
})
