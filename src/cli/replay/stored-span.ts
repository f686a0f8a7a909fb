import { dealt } from '../../alerts/dealt.ts'
import type { Reading } from '../../alerts/replay.ts'
import type { StoredSpan } from '../../engine/store.ts'

const MINUTE_MS = 60_000

/**
 * A stored span as readings. One of at most a minute is known at its end, and the 1-minute window then holds just what
 * it did; a quarter of an hour says nothing of its minutes, so it is dealt out to them.
 */
export function readingsOf({ fromMs, toMs, slices }: StoredSpan): readonly Reading[] {
  const parts = Math.round((toMs - fromMs) / MINUTE_MS)
  if (parts <= 1) return [{ atMs: toMs, slices }]
  const partMs = (toMs - fromMs) / parts
  const shares = slices.map((slice) => ({ slice, counts: dealt(slice.counts, parts) }))
  return Array.from({ length: parts }, (_, part) => ({
    atMs: Math.round(fromMs + (part + 1) * partMs),
    slices: shares.flatMap(({ slice: { component, name, nested }, counts }) => {
      const own = counts[part]!
      return own.total === 0 ? [] : [{ component, name, nested, counts: own }]
    }),
  }))
}
