import type { Evidence } from '../../alerts/evidence.ts'
import type { EvidenceDetails } from '../../alerts/evidence-of.ts'
import type { Counts } from '../../measure/counts.ts'
import type { Example } from '../../measure/slow-request.ts'
import { match } from '../../targets/match.ts'
import type { Target } from '../../targets/target.ts'
import type { Figures } from '../figures.ts'
import { type Found, slowestExample } from './slowest-example.ts'

const MOST_CONTRIBUTORS = 5

/** What belongs in the evidence of an alert besides its verdict: who is to blame, an example, how many were there. */
export function evidenceDetails(
  found: Found,
  figures: Figures,
  examples: readonly Example[],
): EvidenceDetails {
  const { target } = found.verdict
  const covers = match(target)
  const series = figures.windows
    // What the verdict counts: an operation inside another is bad once, not twice.
    .series(target.component, '1min', target.series !== undefined)
    .filter(({ name }) => covers(target.component, name))
    .map(({ name, view }) => ({ name, ...badOf(target, view.counts) }))
  const names = new Set(series.map(({ name }) => name))
  const slowest = slowestExample(examples, found, {
    nowMs: figures.timeline.lastMs,
    // Logins by their route are, too.
    isOperation: (name) => (target.component === 'request' ? covers('request', name) : names.has(name)),
  })
  return {
    contributors: contributorsOf(series),
    ...(slowest === undefined ? {} : { slowest }),
    inFlight: figures.concurrency.inFlight,
    users: figures.concurrency.users(),
  }
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
