import type { Counts } from '../measure/counts.ts'
import { type Levels, largestAt } from '../measure/levels.ts'

/** How requests fared that were completed while so many were in flight on their event loop. */
export interface LatencyAtLevel {
  /** The largest number in flight of the level: exact up to 64, then four levels an octave. */
  readonly inFlight: number
  readonly completed: number
  readonly meanMs: number
}

/** What an event loop got done in the time it had so many requests in flight. */
export interface ThroughputAtLevel {
  readonly inFlight: number
  readonly timeMs: number
  readonly completed: number
  readonly perSecond: number
}

export interface SeriesImpact {
  readonly name: string
  readonly latency: readonly LatencyAtLevel[]
}

/** What many requests at once do to each. Figures as they were observed, nothing is fitted or foretold. */
export interface ConcurrencyImpact {
  readonly concurrentUsers: number
  readonly inFlight: number
  /** All requests of the window. */
  readonly latency: readonly LatencyAtLevel[]
  /** The series that took the most time in the window, first. */
  readonly series: readonly SeriesImpact[]
  /** Of the average event loop, since the start of the process. */
  readonly throughput: readonly ThroughputAtLevel[]
}

const MOST_SERIES = 10

export function concurrencyImpact(
  snapshot: { readonly concurrentUsers: number; readonly inFlight: number; readonly levels: Levels },
  requests: { readonly counts: Counts; readonly series: readonly NamedCounts[] } | undefined,
): ConcurrencyImpact {
  const busiest = (requests?.series ?? [])
    .filter(({ counts }) => counts.levels !== undefined)
    .toSorted((one, two) => two.counts.sumMs - one.counts.sumMs)
    .slice(0, MOST_SERIES)
  return {
    concurrentUsers: snapshot.concurrentUsers,
    inFlight: snapshot.inFlight,
    latency: latencyOf(requests?.counts.levels),
    series: busiest.map(({ name, counts }) => ({ name, latency: latencyOf(counts.levels) })),
    throughput: throughputOf(snapshot.levels),
  }
}

interface NamedCounts {
  readonly name: string
  readonly counts: Counts
}

function latencyOf(levels: Levels | undefined): readonly LatencyAtLevel[] {
  if (levels === undefined) return []
  return used(levels).map((level) => {
    const completed = levels.completed[level]!
    return { inFlight: largestAt(level), completed, meanMs: levels.timeMs[level]! / completed }
  })
}

function throughputOf(levels: Levels): readonly ThroughputAtLevel[] {
  return used(levels)
    .filter((level) => levels.timeMs[level]! > 0)
    .map((level) => {
      const completed = levels.completed[level]!
      const timeMs = levels.timeMs[level]!
      return { inFlight: largestAt(level), timeMs, completed, perSecond: (1000 * completed) / timeMs }
    })
}

function used(levels: Levels): readonly number[] {
  return [...levels.completed.keys()].filter((level) => levels.completed[level]! > 0)
}
