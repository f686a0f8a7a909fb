import type { BurnPair } from '../alerts/burn-rate-policy.ts'
import { lookbackWindow } from '../alerts/lookback.ts'
import { formatDuration } from '../ground/duration.ts'
import type { PairDraft } from './alert-drafts.ts'
import type { Problem } from './problems.ts'

/** The pairs of windows of a burn-rate policy. Notes lengths that no window's slots make up. */
export function burnPairsFrom(
  drafts: readonly (PairDraft | undefined)[],
  policyPath: string,
  problems: Problem[],
): readonly BurnPair[] {
  return drafts.flatMap((draft, at): readonly BurnPair[] => {
    if (draft === undefined) return []
    const path = `${policyPath}.pairs[${at}]`
    for (const option of ['severity', 'long', 'short', 'factor'] as const) {
      if (Object.hasOwn(draft, option)) continue
      const fix = 'write { severity: "CRITICAL", long: "1h", short: "5min", factor: 14.4 }'
      problems.push({ path: `${path}.${option}`, expected: option, got: 'nothing', fix })
    }
    const { severity, long, short, factor } = draft
    for (const option of ['long', 'short'] as const) {
      const lengthMs = draft[option]
      if (lengthMs === undefined || lookbackWindow(lengthMs) !== undefined) continue
      problems.push({
        path: `${path}.${option}`,
        expected: 'whole minutes up to an hour, whole quarters of an hour up to a day',
        // Rounded, 61 minutes would read as the hour that is allowed.
        got: `${Number((lengthMs / 60_000).toFixed(3))} min`,
        fix: 'write "5min", "30min", "1h", "6h" or "1d"',
      })
    }
    if (severity === undefined || long === undefined || short === undefined || factor === undefined) return []
    if (short >= long) {
      const got = `long ${formatDuration(long)}, short ${formatDuration(short)}`
      problems.push({ path, expected: 'short shorter than long', got, fix: 'make short a twelfth of long' })
    }
    return [{ severity, longMs: long, shortMs: short, factor }]
  })
}
