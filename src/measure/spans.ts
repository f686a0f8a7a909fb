import { type Buckets, FINEST_SCHEMA } from './exponential.ts'

/** A run of buckets that were written down. */
export interface Span {
  /** Of the first span: the index of its first bucket. Of the others: how many buckets were left out before it. */
  readonly offset: number
  readonly length: number
}

/** How Prometheus writes buckets: runs of them, and for each its count less that of the one written before. */
export interface SpannedBuckets {
  readonly spans: readonly Span[]
  readonly deltas: readonly number[]
}

/** Two empty buckets written out cost less than the new span that would leave them out. */
const WORTH_FILLING = 2

/** As many as a double's whole range has in the finest schema: more cannot come from real values. */
const MOST_BUCKETS: number = (1024 + 1074) * 2 ** FINEST_SCHEMA + 2

/**
 * Writes buckets the way Prometheus stores and receives them. Empty buckets at either end are left out. Gap rule:
 * Prometheus' OTLP translation (`prometheusremotewrite/histograms.go`).
 *
 * @param fill the longest gap that is written out as zeros; default 2, as Prometheus does
 * @example toSpans({ first: 1, counts: [4, 0, 6] }) // { spans: [{ offset: 1, length: 3 }], deltas: [4, -4, 6] }
 */
export function toSpans(buckets: Buckets, fill: number = WORTH_FILLING): SpannedBuckets {
  const spans: { offset: number; length: number }[] = []
  const deltas: number[] = []
  let next = 0
  let before = 0
  const write = (count: number) => {
    deltas.push(count - before)
    before = count
    next++
  }
  for (let i = 0; i < buckets.counts.length; i++) {
    const count = buckets.counts[i]!
    if (count === 0) continue
    const index = buckets.first + i
    const gap = index - next
    const open = spans.at(-1)
    if (open === undefined || gap > fill) {
      spans.push({ offset: gap, length: 1 })
      next = index
    } else {
      open.length += gap + 1
      while (next < index) write(0)
    }
    write(count)
  }
  return { spans, deltas }
}

/**
 * Reads buckets that Prometheus wrote; `toSpans` is its inverse up to empty buckets at the ends.
 *
 * @throws RangeError when the spans overlap, cover more buckets than a double's range has, or do not fit the
 *   deltas, and when a count would be negative
 */
export function fromSpans({ spans, deltas }: SpannedBuckets): Buckets {
  const counts: number[] = []
  let written = 0
  let count = 0
  for (const [i, { offset, length }] of spans.entries()) {
    const gap = i === 0 ? 0 : offset
    if (gap < 0 || length < 0) {
      throw new RangeError(`spans must not overlap, got offset ${offset}, length ${length}`)
    }
    const covered = counts.length + gap + length
    if (covered > MOST_BUCKETS) {
      throw new RangeError(`spans must cover at most ${MOST_BUCKETS} buckets, got ${covered}`)
    }
    for (let empty = 0; empty < gap; empty++) counts.push(0)
    for (const end = written + length; written < end; written++) {
      count += deltas[written] ?? Number.NaN
      if (!(count >= 0)) throw new RangeError(`each bucket needs a count of at least 0, got ${count}`)
      counts.push(count)
    }
  }
  if (written !== deltas.length) {
    throw new RangeError(`spans cover ${written} buckets, but ${deltas.length} deltas came`)
  }
  return { first: spans[0]?.offset ?? 0, counts }
}
