import type { Example, SlowRequest } from '../measure/slow-request.ts'

const KEPT_MS = 3_600_000
const OF_ONE_SERIES = 5
const IN_ALL = 100

/** The slowest requests of each series in the last hour, as far as threads or other instances told them; bounded. */
export class Examples {
  #kept: readonly Example[] = []
  readonly #others = new WeakSet<Example>()
  #leftOut = 0

  /** One of this process; as others are to hear of it. */
  add(request: SlowRequest, atMs: number): Example {
    const example: Example = { atMs, ...request }
    this.#keep(example, atMs)
    return example
  }

  /** What another instance told. */
  hear(examples: readonly Example[], nowMs: number): void {
    for (const example of examples) {
      this.#others.add(example)
      this.#keep(example, nowMs)
    }
  }

  /** For one that speaks for itself only from now on. */
  forgetOthers(): void {
    this.#kept = this.#kept.filter((example) => !this.#others.has(example))
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

  #keep(example: Example, nowMs: number): void {
    const kept = [...fresh(this.#kept, nowMs), example].sort(
      (one, other) => other.durationMs - one.durationMs,
    )
    const ofSeries = kept.filter((other) => other.series === example.series)
    this.#kept = kept.filter((other) => other !== ofSeries[OF_ONE_SERIES])
    if (this.#kept.length > IN_ALL) this.#kept = withoutOne(this.#kept)
    this.#leftOut += kept.length - this.#kept.length
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
