import type { Severity } from './verdict.ts'

/** From this ratio on a violation is a WARNING, a CRITICAL. */
const WARNING_RATIO = 1.5
const CRITICAL_RATIO = 2

/** How bad a violation is by its ratio. */
export function severityOf(ratio: number): Severity {
  if (ratio < 1) return 'success'
  if (ratio < WARNING_RATIO) return 'over_target'
  return ratio < CRITICAL_RATIO ? 'warning' : 'critical'
}
