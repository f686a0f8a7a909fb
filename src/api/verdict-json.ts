import { z } from 'zod'
import {
  ms,
  percentage as percentageFigure,
  ratio as ratioFigure,
  share as shareFigure,
} from '../ground/decimals.ts'
import type { Indicator } from '../targets/target.ts'
import type { Letter, Severity, Verdict } from '../targets/verdict.ts'
import { count, letter, named, percentage, severity, share, verdictStatus } from './schemas.ts'

/** Where a target stands, as the compliance summary counts it. */
export type Standing = 'met' | 'close' | 'failing' | 'not_measured'

/** A target and what it says of the window. What was not measured is `null`. */
export interface VerdictJson {
  readonly id: string
  readonly component: string
  readonly series: string | null
  readonly indicator: Indicator['kind']
  readonly percentile: number | null
  readonly limit: number
  readonly unit: 'ms' | 'share'
  readonly status: Verdict['status']
  readonly standing: Standing
  readonly value: number | null
  readonly ratio: number | null
  readonly severity: Severity | null
  readonly compliance_percentage: number | null
  readonly grade: Letter | null
  readonly grade_range: readonly Letter[] | null
  readonly low_confidence: boolean | null
  readonly n: number
  readonly needed: number
  readonly failed: number | null
  readonly estimated: boolean | null
  readonly budget: BudgetJson | null
  readonly reason: string
}

export interface BudgetJson {
  readonly allowed: number
  readonly spent: number
  readonly burn_rate: number
}

const budget = z
  .strictObject({
    allowed: share.describe('Share of operations that may be bad.'),
    spent: share.describe('Share that was bad.'),
    burn_rate: z.number().min(0).describe('spent / allowed: 1 spends exactly the budget.'),
  })
  .register(named, { id: 'Budget' })

export const verdictSchema: z.ZodType<VerdictJson> = z
  .strictObject({
    id: z.string().describe('The target.'),
    component: z.string(),
    series: z.string().nullable().describe('Name or pattern; null: the whole component.'),
    indicator: z.enum(['latency', 'hit_rate']),
    percentile: share.nullable().describe('Of a latency target, 0–1.'),
    limit: z
      .number()
      .describe('In `unit`. A latency must stay strictly under it, a hit rate strictly over it.'),
    unit: z.enum(['ms', 'share']),
    status: verdictStatus,
    standing: z
      .enum(['met', 'close', 'failing', 'not_measured'])
      .describe('close: missed by a ratio under 1.5; failing: by 1.5 or more.'),
    value: z.number().nullable().describe('The indicator, in `unit`.'),
    ratio: z.number().min(0).nullable().describe('How many times over its limit; met is under 1.'),
    severity: severity.nullable(),
    compliance_percentage: percentage.nullable(),
    grade: letter.nullable(),
    grade_range: z
      .array(letter)
      .length(2)
      .readonly()
      .nullable()
      .describe('Best and worst letter, 95 % interval.'),
    low_confidence: z.boolean().nullable(),
    n: count.describe(
      'What the verdict is over, in the window: operations; for a hit rate lookups, as hits + misses in metrics.',
    ),
    needed: count.describe('How many more are needed for a verdict.'),
    failed: count.nullable(),
    estimated: z
      .boolean()
      .nullable()
      .describe('The limit was not in force for the whole window; the rest is estimated.'),
    budget: budget.nullable(),
    reason: z.string(),
  })
  .register(named, { id: 'TargetCompliance' })

export function verdictJson(verdict: Verdict): VerdictJson {
  const { target, n, reason } = verdict
  const { id, component, series = null, indicator } = target
  const latency = indicator.kind === 'latency'
  const about = {
    id,
    component,
    series,
    indicator: indicator.kind,
    percentile: latency ? indicator.percentile : null,
    limit: latency ? indicator.limitMs : indicator.share,
    unit: latency ? 'ms' : 'share',
    status: verdict.status,
    standing: standingOf(verdict),
    n,
    reason,
  } as const
  if (verdict.status === 'unknown') return { ...about, ...NOT_MEASURED, needed: verdict.needed }
  const { value, ratio, severity, compliance, grade, failed, estimated, budget } = verdict
  return {
    ...about,
    value: latency ? ms(value) : shareFigure(value),
    ratio: ratioFigure(ratio),
    severity,
    compliance_percentage: percentageFigure(compliance),
    grade: grade.letter,
    grade_range: grade.range,
    low_confidence: grade.lowConfidence,
    needed: 0,
    failed,
    estimated,
    budget: {
      allowed: shareFigure(budget.allowed),
      spent: shareFigure(budget.spent),
      burn_rate: ratioFigure(budget.burnRate),
    },
  }
}

const NOT_MEASURED = {
  value: null,
  ratio: null,
  severity: null,
  compliance_percentage: null,
  grade: null,
  grade_range: null,
  low_confidence: null,
  failed: null,
  estimated: null,
  budget: null,
} as const

function standingOf(verdict: Verdict): Standing {
  if (verdict.status === 'unknown') return 'not_measured'
  if (verdict.status === 'met') return 'met'
  return verdict.severity === 'over_target' ? 'close' : 'failing'
}

/** A measured compliance percentage by target; `null` where it was not measured. */
export function complianceByTarget(verdicts: readonly Verdict[]): Record<string, number | null> {
  return byTarget(verdicts, (verdict) => verdictJson(verdict).compliance_percentage)
}

/** One entry per target, in their order, whatever the ids are called. */
export function byTarget<T>(verdicts: readonly Verdict[], entry: (verdict: Verdict) => T): Record<string, T> {
  return Object.fromEntries(verdicts.map((verdict) => [verdict.target.id, entry(verdict)]))
}
