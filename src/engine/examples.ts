import type { Example } from '../alerts/evidence.ts'
import type { SlowRequest } from '../measure/slow-request.ts'

const KEPT_MS = 3_600_000
const OF_ONE_SERIES = 5
const IN_ALL = 100

/** The slowest requests of each series in the last hour, as far as threads told them; bounded. */
export class Examples {
  #kept: readonly Example[] = []
  #leftOut = 0

  add(request: SlowRequest, atMs: number): void {
    const { series, durationMs, failed, breakdown, ownMs } = request
    const example: Example = { atMs, series, durationMs, failed, breakdown, ownMs }
    const kept = [...fresh(this.#kept, atMs), example].sort((one, other) => other.durationMs - one.durationMs)
    const ofSeries = kept.filter((other) => other.series === series)
    this.#kept = kept.filter((other) => other !== ofSeries[OF_ONE_SERIES])
    if (this.#kept.length > IN_ALL) this.#kept = withoutOne(this.#kept)
    this.#leftOut += kept.length - this.#kept.length
  }

  /** The slowest first. */
  list(nowMs: number): readonly Example[] {
    this.#kept = fresh(this.#kept, nowMs)
    return this.#kept
  }

  /** Examples that were told and had to make room for others within their hour. */
  get leftOut(): number {
    return this.#leftOut
  }
}

function fresh(examples: readonly Example[], nowMs: number): readonly Example[] {
  const since = nowMs - KEPT_MS
  return examples.every(({ atMs }) => atMs > since) ? examples : examples.filter(({ atMs }) => atMs > since)
}

/** Without the least slow one of the series that has most, so that each series keeps its slowest. */
function withoutOne(slowestFirst: readonly Example[]): readonly Example[] {
  const counts = new Map<string, number>()
  for (const { series } of slowestFirst) counts.set(series, (counts.get(series) ?? 0) + 1)
  const most = Math.max(...counts.values())
  const at = slowestFirst.findLastIndex(({ series }) => counts.get(series) === most)
  return slowestFirst.toSpliced(at, 1)
}
