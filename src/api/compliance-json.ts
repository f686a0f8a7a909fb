import { z } from 'zod'
import { percentage as percentageFigure } from '../ground/decimals.ts'
import type { ComplianceStatus, ComplianceSummary } from '../targets/overall.ts'
import { complianceStatus, count, named, percentage } from './schemas.ts'

/** How the service complies on the whole; every target counts alike. */
export interface ComplianceJson {
  readonly overall_compliance_status: ComplianceStatus
  readonly average_compliance_percentage: number | null
  readonly compliance_summary: {
    readonly targets_met: number
    readonly targets_close: number
    readonly targets_failing: number
    readonly targets_not_measured: number
  }
}

export const complianceShape: { readonly [K in keyof ComplianceJson]: z.ZodType<ComplianceJson[K]> } = {
  overall_compliance_status: complianceStatus,
  average_compliance_percentage: percentage.nullable().describe('Mean over the measured targets.'),
  compliance_summary: z
    .strictObject({
      targets_met: count,
      targets_close: count.describe('Missed by a ratio under 1.5.'),
      targets_failing: count.describe('Missed by a ratio of 1.5 or more.'),
      targets_not_measured: count.describe('Too little was measured; neither good nor bad.'),
    })
    .register(named, { id: 'ComplianceSummary' }),
}

export function complianceFields(summary: ComplianceSummary): ComplianceJson {
  const { status, averageCompliance } = summary
  return {
    overall_compliance_status: status,
    average_compliance_percentage: averageCompliance === null ? null : percentageFigure(averageCompliance),
    compliance_summary: {
      targets_met: summary.targetsMet,
      targets_close: summary.targetsClose,
      targets_failing: summary.targetsFailing,
      targets_not_measured: summary.targetsNotMeasured,
    },
  }
}
