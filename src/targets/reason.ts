import { cut } from '../ground/decimals.ts'
import { formatDuration } from '../ground/duration.ts'
import { exceeds } from './objective.ts'
import type { Latency } from './target.ts'

/** Why there is no verdict: `needs 12 more operations`. */
export function unknownReason(n: number, needed: number, unit: 'operation' | 'lookup'): string {
  const units = `${formatCount(needed)} ${n === 0 ? '' : 'more '}${unit}${needed === 1 ? '' : 's'}`
  return n === 0 ? `nothing measured, needs ${units}` : `needs ${units}`
}

export interface LatencyFacts {
  readonly indicator: Latency
  readonly met: boolean
  readonly valueMs: number
  readonly good: number
  readonly n: number
  readonly failed: number
  readonly estimated: boolean
}

/** `p95 61 ms, target < 50 ms; 93.1 % of 18 240 operations within target`. */
export function latencyReason(facts: LatencyFacts): string {
  const { indicator, met, valueMs, good, n, failed, estimated } = facts
  const name = percentileName(indicator.percentile)
  const shown = formatDuration(valueMs)
  const limit = formatDuration(indicator.limitMs)
  const share = `${formatPercent(good, n)} of ${formatCount(n)} operations`
  const failures = failed === 0 ? '' : `, ${formatCount(failed)} failed`
  const doubt = estimated ? ' (estimated: the limit was not in force for the whole window)' : ''

  if (met && valueMs >= indicator.limitMs) {
    // The exact counters decide; the reader should not be left with a number that seems to say otherwise.
    return `${name} just within target < ${limit}: ${share} were ok and under it${failures}${doubt}`
  }
  if (!met && valueMs < indicator.limitMs) {
    const needed = `${formatAsked(indicator.percentile)} needed`
    return `${name} ${shown}, but only ${share} were ok and under ${limit}, ${needed}${failures}${doubt}`
  }
  const value = met && shown === limit ? `just under ${limit}` : shown
  return `${name} ${value}, target < ${limit}; ${share} within target${failures}${doubt}`
}

/** `hit rate 93.1 %, target > 95 %; 16 981 of 18 240 lookups hit`. */
export function hitRateReason(facts: {
  readonly share: number
  readonly hits: number
  readonly n: number
}): string {
  const { share, hits, n } = facts
  const target = `target > ${formatAsked(share)}`
  const hit = `${formatCount(hits)} of ${formatCount(n)} lookups hit`
  // A rate that is only just over its target takes more digits to look so.
  const met = exceeds(hits, n, share)
  const digits = [1, 2, 3, 4].find((count) => !met || floored(hits, n, count) > percentOf(share)) ?? 4
  return `hit rate ${formatPercent(hits, n, digits)}, ${target}; ${hit}`
}

/** `p95`, `p99.9`. */
export function percentileName(percentile: number): string {
  return `p${percentOf(percentile)}`
}

/** Groups by three: `18 240`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ' ')
}

/** A multiple of a limit: `2.43`; cut, not rounded, so that 1.996 does not read as the 2 that is CRITICAL. */
export function formatRatio(ratio: number, digits: number = ratio < 10 ? 2 : ratio < 100 ? 1 : 0): string {
  return String(cut(ratio, 10 ** digits))
}

/** A share 0–1 that somebody asked for, as it is: `99.95 %`. */
export function formatAsked(share: number): string {
  return `${percentOf(share)} %`
}

/** Rounded down, so that a share just under its objective never reads as if it reached it: `94.9 %`. */
export function formatPercent(part: number, total: number, digits = 1): string {
  if (part === total) return '100 %'
  return `${floored(part, total, digits).toFixed(digits)} %`
}

function floored(part: number, total: number, digits: number): number {
  const steps = 10 ** digits
  return Math.floor((part * 100 * steps) / total) / steps
}

function percentOf(share: number): number {
  return Number((share * 100).toFixed(4))
}
