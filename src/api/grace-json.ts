import { z } from 'zod'
import type { ServiceGrace } from '../alerts/grace.ts'
import type { AlertWatch } from '../alerts/watch.ts'
import { iso } from '../ground/instant.ts'
import { instant, named } from './schemas.ts'

export interface GraceJson {
  readonly reason: ServiceGrace['reason']
  readonly name: string | null
  readonly until: string
}

export const graceSchema: z.ZodType<GraceJson | null> = z
  .strictObject({
    reason: z.enum(['start', 'change']),
    name: z.string().nullable().describe('Of the change.'),
    until: instant,
  })
  .register(named, { id: 'Grace' })
  .nullable()
  .describe('After a start or a change nothing new fires until then; null: there is none now.')

export function graceJson(watch: AlertWatch, atMs: number): GraceJson | null {
  const grace = watch.options.enabled ? watch.serviceGrace(atMs) : undefined
  if (grace === undefined) return null
  const { reason, name = null, untilMs } = grace
  return { reason, name, until: iso(untilMs) }
}
