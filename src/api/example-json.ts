import { z } from 'zod'
import { ms } from '../ground/decimals.ts'
import { iso } from '../ground/instant.ts'
import type { Example } from '../measure/slow-request.ts'
import { count, instant, milliseconds, named } from './schemas.ts'

export interface ExampleJson {
  readonly timestamp: string
  readonly series: string
  readonly duration_ms: number
  readonly failed: boolean
  readonly own_ms: number
  readonly components: Record<string, { readonly calls: number; readonly wall_ms: number }>
  readonly trace_id: string | null
}

export const exampleSchema: z.ZodType<ExampleJson> = z
  .strictObject({
    timestamp: instant.describe('When it ended.'),
    series: z.string(),
    duration_ms: milliseconds,
    failed: z.boolean(),
    own_ms: milliseconds.describe('Time in which no measured operation was open.'),
    components: z.record(z.string(), z.strictObject({ calls: count, wall_ms: milliseconds })),
    trace_id: z.string().nullable().describe('Of OpenTelemetry; null: none is known.'),
  })
  .register(named, { id: 'SlowRequest' })

export function exampleJson(example: Example): ExampleJson {
  const { atMs, series, durationMs, failed, ownMs, breakdown, traceId = null } = example
  return {
    timestamp: iso(atMs),
    series,
    duration_ms: ms(durationMs),
    failed,
    own_ms: ms(ownMs),
    components: Object.fromEntries(
      breakdown.map(({ component, calls, wallMs }) => [component, { calls, wall_ms: ms(wallMs) }]),
    ),
    trace_id: traceId,
  }
}
