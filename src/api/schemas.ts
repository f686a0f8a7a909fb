import { z } from 'zod'
import { WINDOW_NAMES, type WindowName } from '../measure/window.ts'
import type { ComplianceStatus } from '../targets/overall.ts'
import type { Trend } from '../targets/trend.ts'
import { LETTERS, type Letter, type Severity, type Verdict } from '../targets/verdict.ts'
import { PROBLEMS, type Problem } from './problem.ts'

// The types are written out because declarations are made file by file; the compiler holds schema and type together.

/** Schemas with a name of their own in the OpenAPI document. */
export const named: z.core.$ZodRegistry<{ id: string }> = z.registry<{ id: string }>()

export const count: z.ZodType<number> = z.int().min(0)
export const milliseconds: z.ZodType<number> = z.number()
export const instantMs: z.ZodType<number> = z.number().describe('Milliseconds since the Unix epoch.')
export const share: z.ZodType<number> = z.number().min(0).max(1).describe('A share, 0–1.')
export const percentage: z.ZodType<number> = z
  .number()
  .min(0)
  .max(100)
  .describe('A percentage, 0–100, cut (not rounded) after 2 decimals.')
export const timestamp: z.ZodType<string> = z.iso
  .datetime()
  .describe('When the cycle ended that all figures are from.')

export const windowName: z.ZodType<WindowName> = z
  .enum(WINDOW_NAMES)
  .describe('A sliding span that ends now.')
  .register(named, { id: 'Window' })

export const letter: z.ZodType<Letter> = z
  .enum(LETTERS)
  .describe('A (best) to F. Where too little was measured there is no letter but null.')
  .register(named, { id: 'Letter' })

export const severity: z.ZodType<Severity> = z
  .enum(['success', 'over_target', 'warning', 'critical'])
  .describe('By the ratio: under 1, from 1, from 1.5, from 2.')
  .register(named, { id: 'Severity' })

export const verdictStatus: z.ZodType<Verdict['status']> = z.enum(['met', 'missed', 'unknown'])

export const complianceStatus: z.ZodType<ComplianceStatus> = z
  .enum(['excellent', 'good', 'fair', 'poor', 'unknown'])
  .describe('By mean compliance: from 95, from 85, from 70, below; unknown with nothing measured.')

export const healthStatus: z.ZodType<'healthy' | 'degraded' | 'critical' | 'unknown'> = z
  .enum(['healthy', 'degraded', 'critical', 'unknown'])
  .describe('degraded: a target is missed; critical: one by a ratio of 2 or more; unknown: nothing measured.')

export interface TrendJson {
  readonly direction: Trend['direction']
  readonly slope_per_hour: number
  readonly p_value: number
  readonly points: number
}

export const trend: z.ZodType<TrendJson> = z
  .strictObject({
    direction: z.enum(['improving', 'declining', 'steady']),
    slope_per_hour: z.number().describe('Theil–Sen slope in grade points (A 4 … F 0) per hour.'),
    p_value: z.number().min(0).max(1).describe('How often chance alone shows as clear a direction.'),
    points: count,
  })
  .register(named, { id: 'Trend' })

export const instant: z.ZodType<string> = z.iso.datetime()

export const alertSeverity: z.ZodType<'WARNING' | 'CRITICAL'> = z.enum(['WARNING', 'CRITICAL'])

/** Who does something: not checked, only kept. */
export const person: z.ZodType<string> = z.string().trim().min(1).max(100).describe('Who does it, in words.')

export const remark: z.ZodType<string> = z.string().max(1000)

export const problemSchema: z.ZodType<
  Problem & { errors?: { parameter: string; detail: string }[] | undefined }
> = z
  .strictObject({
    type: z
      .enum(Object.keys(PROBLEMS).map((slug) => `urn:yardstick:problem:${slug}`))
      .describe('Which problem; never changes its meaning.'),
    title: z.string(),
    status: z.union(
      [...new Set(Object.values(PROBLEMS).map(({ status }) => status))].map((code) => z.literal(code)),
    ),
    detail: z.string().describe('What was expected, what came, how to fix it.'),
    instance: z.string().describe('The path that was asked for.'),
    errors: z
      .array(z.strictObject({ parameter: z.string(), detail: z.string() }))
      .optional()
      .describe('Each invalid parameter, or field of the body.'),
  })
  .register(named, { id: 'Problem' })
