import type { Example } from '../../measure/slow-request.ts'
import type { Verdict } from '../../targets/verdict.ts'

const MINUTE_MS = 60_000
/** The first slow request comes before the alert; one that was much faster than what was found is of a better time. */
const ABOUT = 0.9

/** What an example has to be one of. */
export interface Found {
  readonly verdict: Verdict
  /** When the alert began. */
  readonly sinceMs: number
}

/**
 * The request in which a target's component took longest, of those that show what an alert found: over its limit (where
 * failures are what misses it: failed), since it began, or in the minute that is measured and about as slow as that. A
 * slow login is no example of a slow database. `undefined`: none is known.
 *
 * @param isOperation whether requests of a series are themselves operations of the component
 */
export function slowestExample(
  examples: readonly Example[],
  { verdict, sinceMs }: Found,
  { nowMs, isOperation }: { readonly nowMs: number; readonly isOperation: (series: string) => boolean },
): Example | undefined {
  if (verdict.status === 'unknown') return undefined
  const { component, indicator } = verdict.target
  const [limitMs, foundMs] = indicator.kind === 'latency' ? [indicator.limitMs, verdict.value] : [0, 0]
  const ofFailures = verdict.status === 'missed' && foundMs < limitMs
  const tookMs = ({ series, durationMs, breakdown }: Example): number =>
    isOperation(series) ? durationMs : (breakdown.find((part) => part.component === component)?.wallMs ?? 0)
  const shows = (example: Example): boolean => {
    const { atMs, failed } = example
    const ms = tookMs(example)
    if (ms === 0 || atMs < Math.min(sinceMs, nowMs - MINUTE_MS)) return false
    if (ofFailures) return failed
    return ms >= (atMs < sinceMs ? Math.max(limitMs, ABOUT * foundMs) : limitMs)
  }
  return examples.filter(shows).toSorted((one, other) => tookMs(other) - tookMs(one))[0]
}
