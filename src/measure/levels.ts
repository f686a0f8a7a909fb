const EXACT = 64
const PER_OCTAVE = 4
const MOST = 4096

/** How many levels tell numbers in flight apart: 0 … 64 exactly, then four an octave up to 4 096. */
export const LEVELS: number = EXACT + 1 + PER_OCTAVE * Math.log2(MOST / EXACT)

// By level, not by number: four thousand logarithms were a millisecond of every start.
const levelByNumber = new Uint8Array(MOST + 1)
for (let level = 0, from = 0; level < LEVELS; level++) {
  const to = largestAt(level) + 1
  levelByNumber.fill(level, from, to)
  from = to
}

/** The level of a number in flight; more than 4 096 share the last one. */
export function levelOf(inFlight: number): number {
  return levelByNumber[Math.min(inFlight, MOST)]!
}

/** The largest number in flight that a level stands for. */
export function largestAt(level: number): number {
  return level <= EXACT ? level : Math.floor(EXACT * 2 ** ((level - EXACT) / PER_OCTAVE))
}

/**
 * The state method's figures: for each number of requests in flight, how many were completed at it and how much
 * time was spent at it. For an event loop `timeMs` is the loop's own time at that level; for one series it is
 * the summed duration of the requests completed there, so that `timeMs / completed` is its latency at n.
 */
export class Levels {
  /** By level, up to the highest that was ever used: most services never come near the higher ones. */
  readonly completed: number[] = []
  readonly timeMs: number[] = []

  add(level: number, completed: number, timeMs: number): void {
    if (completed === 0 && timeMs === 0) return
    while (this.completed.length <= level) {
      this.completed.push(0)
      this.timeMs.push(0)
    }
    this.completed[level]! += completed
    this.timeMs[level]! += timeMs
  }

  /** The levels at which anything was, ascending. */
  used(): readonly number[] {
    const used: number[] = []
    for (let level = 0; level < this.completed.length; level++) {
      if (this.completed[level] !== 0 || this.timeMs[level] !== 0) used.push(level)
    }
    return used
  }

  merge(other: Levels, sign: 1 | -1 = 1): void {
    for (let level = 0; level < other.completed.length; level++) {
      this.add(level, sign * other.completed[level]!, sign * other.timeMs[level]!)
    }
  }
}
