import { z } from 'zod'
import type { ProcessReading } from '../engine/runtime/process-meter.ts'
import { ms, msOrNull, ratio } from '../ground/decimals.ts'
import type { Counts } from '../measure/counts.ts'
import type { RuntimeReport } from '../report/runtime.ts'
import { count, milliseconds, named } from './schemas.ts'

interface PausesJson {
  readonly n: number
  readonly sum_ms: number
  readonly max_ms: number | null
}

export interface RuntimeJson {
  readonly event_loop_delay: {
    readonly n: number
    readonly p50_ms: number | null
    readonly p95_ms: number | null
    readonly p99_ms: number | null
    readonly max_ms: number | null
  } | null
  readonly blocked: PausesJson & {
    readonly p50_ms: number | null
    readonly histogram: { readonly up_to_ms: number | null; readonly n: number }[]
  }
  readonly gc: PausesJson & { readonly by_kind: Record<string, PausesJson> }
  readonly requests_understated: string | null
}

export interface ProcessJson {
  readonly loops: number
  readonly utilization: number
  readonly delay_p50_ms: number
  readonly delay_p99_ms: number
  readonly delay_max_ms: number
  readonly blocked: number
  readonly blocked_now_ms: number
  readonly gc_ms: number
  readonly gc_max_ms: number
  readonly cpu_share: number
  readonly rss_bytes: number
  readonly heap_used_bytes: number
  readonly heap_limit_bytes: number
  readonly handles: number
}

const delay = z
  .strictObject({
    n: count,
    p50_ms: milliseconds.nullable(),
    p95_ms: milliseconds.nullable(),
    p99_ms: milliseconds.nullable(),
    max_ms: milliseconds.nullable(),
  })
  .register(named, { id: 'EventLoopDelay' })

const pauses = z
  .strictObject({ n: count, sum_ms: milliseconds, max_ms: milliseconds.nullable() })
  .register(named, { id: 'Pauses' })

const blocked = z
  .strictObject({
    n: count,
    sum_ms: milliseconds,
    p50_ms: milliseconds.nullable(),
    max_ms: milliseconds.nullable(),
    histogram: z.array(z.strictObject({ up_to_ms: milliseconds.nullable(), n: count })),
  })
  .register(named, { id: 'Blocked' })

const runtime = z
  .strictObject({
    event_loop_delay: delay
      .nullable()
      .describe('What became ready at any moment had to wait so long for its loop; null: not measured.'),
    blocked: blocked.describe('Times at which a loop did nothing else for 100 ms or longer.'),
    gc: z
      .strictObject({
        n: count,
        sum_ms: milliseconds,
        max_ms: milliseconds.nullable(),
        by_kind: z.record(z.string(), pauses),
      })
      .describe('Pauses of the garbage collector.'),
    requests_understated: z
      .string()
      .nullable()
      .describe('Why clients see longer times than the percentiles of request say; null: they do not.'),
  })
  .register(named, { id: 'Runtime' })

export const runtimeSchema: z.ZodType<RuntimeJson> = runtime

export function runtimeJson({ eventLoop, blocked, gc, gcKinds, understated }: RuntimeReport): RuntimeJson {
  return {
    event_loop_delay: eventLoop === undefined ? null : delayJson(eventLoop),
    blocked: blockedJson(blocked),
    gc: {
      ...pausesJson(gc),
      by_kind: Object.fromEntries(gcKinds.map(({ name, counts }) => [name, pausesJson(counts)])),
    },
    requests_understated: understated ?? null,
  }
}

function delayJson(counts: Counts): z.infer<typeof delay> {
  const at = (q: number): number | null => msOrNull(counts.percentileMs(q))
  return {
    n: counts.total,
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    p99_ms: at(0.99),
    max_ms: msOrNull(counts.maxMs),
  }
}

function pausesJson(counts: Counts | undefined): z.infer<typeof pauses> {
  return { n: counts?.total ?? 0, sum_ms: ms(counts?.sumMs ?? 0), max_ms: msOrNull(counts?.maxMs) }
}

const ENDS_MS = [200, 500, 1_000, 2_000, 5_000, 10_000, Number.POSITIVE_INFINITY]

function blockedJson(counts: Counts | undefined): z.infer<typeof blocked> {
  const total = counts?.total ?? 0
  let before = 0
  const histogram = ENDS_MS.map((endMs) => {
    const under = endMs === Number.POSITIVE_INFINITY ? 1 : counts?.histogram.shareUnder(endMs) || 0
    const upTo = counts === undefined ? 0 : Math.round(under * total)
    const n = upTo - before
    before = upTo
    return { up_to_ms: Number.isFinite(endMs) ? endMs : null, n }
  })
  return { ...pausesJson(counts), p50_ms: msOrNull(counts?.percentileMs(0.5)), histogram }
}

const process = z
  .strictObject({
    loops: count.describe('Event loops that are measured: of the main thread and its worker threads.'),
    utilization: z
      .number()
      .min(0)
      .max(1)
      .describe('Share of the time in which the busiest loop had something to do.'),
    delay_p50_ms: milliseconds,
    delay_p99_ms: milliseconds,
    delay_max_ms: milliseconds,
    blocked: count,
    blocked_now_ms: milliseconds.describe(
      'For how long a loop has stood still that does now, at least; else 0.',
    ),
    gc_ms: milliseconds,
    gc_max_ms: milliseconds,
    cpu_share: z.number().min(0).describe('Of one core, over all threads, Yardstick’s too.'),
    rss_bytes: count,
    heap_used_bytes: count,
    heap_limit_bytes: count,
    handles: count.describe('What keeps the loops alive: sockets, timers, requests to the system.'),
  })
  .describe('Its last minute; bytes and handles as they were last. null: not measured.')
  .register(named, { id: 'Process' })

export const processSchema: z.ZodType<ProcessJson> = process

export function processJson(reading: ProcessReading): ProcessJson {
  return {
    loops: reading.loops,
    utilization: ratio(reading.utilization),
    delay_p50_ms: ms(reading.delayP50Ms),
    delay_p99_ms: ms(reading.delayP99Ms),
    delay_max_ms: ms(reading.delayMaxMs),
    blocked: reading.blocked,
    blocked_now_ms: ms(reading.blockedNowMs),
    gc_ms: ms(reading.gcMs),
    gc_max_ms: ms(reading.gcMaxMs),
    cpu_share: ratio(reading.cpuShare),
    rss_bytes: reading.rssBytes,
    heap_used_bytes: reading.heapUsedBytes,
    heap_limit_bytes: reading.heapLimitBytes,
    handles: reading.handles,
  }
}
