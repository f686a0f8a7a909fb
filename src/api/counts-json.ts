import { z } from 'zod'
import { ms, msOrNull, perSecond, shareOf } from '../ground/decimals.ts'
import type { Counts } from '../measure/counts.ts'
import { count, milliseconds, named, share } from './schemas.ts'

/** Counts as the API shows them: counters exact, `null` for what was not measured. */
export interface CountsJson {
  readonly n: number
  readonly ok: number
  readonly failed: number
  readonly error_rate: number | null
  readonly rate_per_second: number | null
  readonly sum_ms: number
  readonly mean_ms: number | null
  readonly min_ms: number | null
  readonly max_ms: number | null
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
  readonly hits: number
  readonly misses: number
  readonly hit_rate: number | null
  readonly good: readonly GoodJson[]
}

export interface GoodJson {
  readonly limit_ms: number
  readonly good: number
  readonly estimated: boolean
}

const good = z
  .strictObject({
    limit_ms: milliseconds,
    good: count.describe('Operations that were ok and strictly under the limit.'),
    estimated: z
      .boolean()
      .describe('The limit was not in force for the whole window; the rest is estimated.'),
  })
  .register(named, { id: 'Good' })

export const countsShape: { readonly [K in keyof CountsJson]: z.ZodType<CountsJson[K]> } = {
  n: count.describe('Operations, ok and failed.'),
  ok: count,
  failed: count,
  error_rate: share.nullable().describe('failed / n.'),
  rate_per_second: z.number().nullable(),
  sum_ms: milliseconds,
  mean_ms: milliseconds.nullable(),
  min_ms: milliseconds.nullable(),
  max_ms: milliseconds.nullable(),
  p50_ms: milliseconds
    .nullable()
    .describe('Percentiles are over all operations, within 1.1 % of the true sample.'),
  p95_ms: milliseconds.nullable(),
  p99_ms: milliseconds.nullable(),
  hits: count.describe('Cache lookups that hit.'),
  misses: count,
  hit_rate: share.nullable().describe('hits / (hits + misses).'),
  good: z.array(good).readonly().describe('Per limit that was counted against.'),
}

/** @param lengthMs of the span that the counts are exact for */
export function countsJson(counts: Counts, lengthMs: number): CountsJson {
  const { total, ok, failed, sumMs, minMs, maxMs, hits, misses, lookups, goods } = counts
  return {
    n: total,
    ok,
    failed,
    error_rate: shareOf(failed, total),
    rate_per_second: total > 0 && lengthMs > 0 ? perSecond((1000 * total) / lengthMs) : null,
    sum_ms: ms(sumMs),
    mean_ms: total === 0 ? null : ms(sumMs / total),
    min_ms: msOrNull(minMs),
    max_ms: msOrNull(maxMs),
    p50_ms: msOrNull(counts.percentileMs(0.5)),
    p95_ms: msOrNull(counts.percentileMs(0.95)),
    p99_ms: msOrNull(counts.percentileMs(0.99)),
    hits,
    misses,
    hit_rate: shareOf(hits, lookups),
    good: goods.map(({ limitMs }) => ({ limit_ms: limitMs, ...counts.goodUnder(limitMs) })),
  }
}
