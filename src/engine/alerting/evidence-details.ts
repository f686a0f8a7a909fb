import type { Evidence } from '../../alerts/evidence.ts'
import type { EvidenceDetails } from '../../alerts/evidence-of.ts'
import type { Counts } from '../../measure/counts.ts'
import type { Example } from '../../measure/slow-request.ts'
import { match } from '../../targets/match.ts'
import type { Target } from '../../targets/target.ts'
import type { Figures } from '../figures.ts'

const MOST_CONTRIBUTORS = 5
const MINUTE_MS = 60_000

/** What belongs in the evidence of an alert besides its verdict: who is to blame, an example, how many were there. */
export function evidenceDetails(
  target: Target,
  figures: Figures,
  examples: readonly Example[],
): EvidenceDetails {
  const covers = match(target)
  const series = figures.windows
    // What the verdict counts: an operation inside another is bad once, not twice.
    .series(target.component, '1min', target.series !== undefined)
    .filter(({ name }) => covers(target.component, name))
    .map(({ name, view }) => ({ name, ...badOf(target, view.counts) }))
  const slowest = slowestOf(target, examples, figures.timeline.lastMs)
  return {
    contributors: contributorsOf(series),
    ...(slowest === undefined ? {} : { slowest }),
    inFlight: figures.concurrency.inFlight,
    users: figures.concurrency.users(),
  }
}

/**
 * The request in which the target's component took longest, of the last minute if there is one, else of the hour: a slow
 * login is no example of a slow database.
 */
function slowestOf(target: Target, examples: readonly Example[], nowMs: number): Example | undefined {
  const { component } = target
  const covers = match(target)
  const costMs = ({ series, durationMs, breakdown }: Example): number => {
    if (component === 'request') return covers('request', series) ? durationMs : 0
    return breakdown.find((part) => part.component === component)?.wallMs ?? 0
  }
  const slowest = (among: readonly Example[]): Example | undefined =>
    among.filter((example) => costMs(example) > 0).toSorted((one, other) => costMs(other) - costMs(one))[0]
  return slowest(examples.filter(({ atMs }) => atMs > nowMs - MINUTE_MS)) ?? slowest(examples)
}

interface SeriesBad {
  readonly name: string
  readonly bad: number
  readonly n: number
  readonly p95Ms: number | undefined
}

function contributorsOf(series: readonly SeriesBad[]): Evidence['contributors'] {
  const all = series.reduce((sum, { bad }) => sum + bad, 0)
  return series
    .filter(({ bad }) => bad > 0)
    .toSorted((one, other) => other.bad - one.bad)
    .slice(0, MOST_CONTRIBUTORS)
    .map(({ name, bad, n, p95Ms }) => ({
      ...{ series: name, bad, n, share: bad / all },
      ...(p95Ms === undefined ? {} : { p95Ms }),
    }))
}

function badOf({ indicator }: Target, counts: Counts): Omit<SeriesBad, 'name'> {
  // How long lookups took says nothing of how many missed.
  if (indicator.kind === 'hit_rate') return { bad: counts.misses, n: counts.lookups, p95Ms: undefined }
  const { good } = counts.goodUnder(indicator.limitMs)
  return { bad: counts.total - good, n: counts.total, p95Ms: counts.percentileMs(0.95) }
}
