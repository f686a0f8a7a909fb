import { z } from 'zod'
import type { Silence } from '../alerts/silence.ts'
import { iso } from '../ground/instant.ts'
import { type MatcherJson, matcherSchema } from './matcher-json.ts'
import { instant, named } from './schemas.ts'

export interface SilenceJson {
  readonly id: string
  readonly match: MatcherJson
  readonly from: string
  readonly until: string
  readonly by: string
  readonly comment: string
  readonly active: boolean
}

export const silenceShape: { readonly [K in keyof SilenceJson]: z.ZodType<SilenceJson[K]> } = {
  id: z.string(),
  match: matcherSchema,
  from: instant,
  until: instant,
  by: z.string(),
  comment: z.string(),
  active: z.boolean(),
}

export const silenceSchema: z.ZodType<SilenceJson> = z
  .strictObject(silenceShape)
  .register(named, { id: 'Silence' })

export function silenceJson(silence: Silence, atMs: number): SilenceJson {
  const { id, match, fromMs, untilMs, by, comment } = silence
  return {
    id,
    match,
    from: iso(fromMs),
    until: iso(untilMs),
    by,
    comment,
    active: fromMs <= atMs && atMs < untilMs,
  }
}
