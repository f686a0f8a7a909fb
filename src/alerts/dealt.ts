import { GRID_MS } from '../measure/bucket.ts'
import { Counts } from '../measure/counts.ts'

/**
 * Deals operations out to so many parts as cards are dealt, from the fastest to the slowest: every part has about the
 * same distribution, together they are the whole, and what held for the whole (good ≤ ok, count = Σ buckets) holds for
 * each. The breakdown of requests and their levels are left out: no verdict looks at them.
 *
 * @example dealt(quarterOfAnHour, 15) // what a minute of it was like
 */
export function dealt(counts: Counts, parts: number): readonly Counts[] {
  const { ok, failed, hits, misses, goods, minMs, maxMs } = counts
  const steps = Math.round(counts.sumMs / GRID_MS)
  const all = Array.from({ length: parts }, (_, part) => {
    const own = new Counts()
    own.failed = cards(0, failed, part, parts)
    own.ok = cards(failed, ok, part, parts)
    own.hits = cards(0, hits, part, parts)
    own.misses = cards(hits, misses, part, parts)
    own.sumMs = GRID_MS * (floorShare(steps, part + 1, parts) - floorShare(steps, part, parts))
    own.extend(minMs, maxMs)
    for (const { limitMs, good, covered } of goods) {
      own.addGood(limitMs, cards(failed, good, part, parts), cards(failed, covered, part, parts))
    }
    return own
  })
  let seen = 0
  for (const [place, count] of counts.histogram.entries()) {
    for (const [part, { histogram }] of all.entries()) histogram.add(place, cards(seen, count, part, parts))
    seen += count
  }
  return all
}

/** How many of the cards `first`, `first` + 1, … a part gets. */
function cards(first: number, count: number, part: number, parts: number): number {
  const before = (card: number): number => Math.floor((card + parts - 1 - part) / parts)
  return before(first + count) - before(first)
}

function floorShare(whole: number, part: number, parts: number): number {
  return Math.floor((whole * part) / parts)
}
