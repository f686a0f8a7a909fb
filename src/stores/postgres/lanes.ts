/**
 * Flushes lie in four partitions in turn, a minute each, by the time at which they came in. A lane is folded as a whole
 * and emptied by TRUNCATE: no row is ever deleted, nothing is left to be vacuumed. Emptying lanes in turn rather than
 * dropping dated partitions locks that lane alone, never the table that everybody saves to.
 */
export const LANES = 4
export const LANE_MS = 60_000

/** How long after its minute a lane is left alone: stragglers commit, readers look back. */
const REST_MS = 60_000

/** Lanes that nobody saves to now, the one that rested longest first. */
export function restingLanes(nowMs: number): readonly number[] {
  const minute = Math.floor((nowMs - REST_MS) / LANE_MS)
  const lanes: number[] = []
  // From the oldest to the last minute that ended before the rest began.
  for (let ago = LANES - 2; ago >= 1; ago--) lanes.push(laneOf(minute - ago))
  return lanes
}

function laneOf(minute: number): number {
  return ((minute % LANES) + LANES) % LANES
}
