import { z } from 'zod'
import type { SelfReport } from '../../engine/snapshot.ts'
import type { Held } from '../../engine/store.ts'
import { ms, ratio } from '../../ground/decimals.ts'
import { iso } from '../../ground/instant.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { notifierJson, notifierSchema } from '../notifier-json.ts'
import { count, milliseconds, named, timestamp } from '../schemas.ts'

const report = z
  .strictObject({
    ...headShape,
    instance: z.string(),
    store_id: z
      .string()
      .describe(
        'Processes of one service with the same store share what they saved; each shows what it recorded itself since it started.',
      ),
    started: timestamp.describe('When the engine started.'),
    version: z.string(),
    pid: count,
    node: z.string(),
    uptime_ms: milliseconds,
    engine: z.strictObject({
      mode: z.enum(['thread', 'inline']),
      restarts: count,
      cycles: count,
      cycle_ms: z.strictObject({ last: milliseconds, mean: milliseconds, max: milliseconds }),
      cpu_share: z.number().min(0).describe('Of one core, over the last cycle.'),
      heap_bytes: count,
    }),
    threads: z.array(z.strictObject({ thread: count, series: count, in_flight: count })),
    series: z.strictObject({
      used: count,
      limit: count,
      folded: count.describe('Counted in `(other)` because the limit was reached.'),
    }),
    dropped: z.strictObject({
      invalid: count.describe('Durations that were not a finite number.'),
      negative: count.describe('Negative durations, counted as 0.'),
      clamped: count.describe('Durations over 18.6 h, counted as that.'),
      batches: count.describe('Batches that the store’s queue had to drop.'),
      errors: count.describe('Errors of Yardstick’s own that the application did not notice.'),
    }),
    examples: z
      .strictObject({ kept: count, left_out: count.describe('Since the start.') })
      .describe(
        'Slow and failed requests of the last hour that the report chooses from, and those left out.',
      ),
    spans: z
      .strictObject({
        recorded: count,
        passed_over: count.describe('Left to a recorder that measures the same, or to a span inside.'),
        unknown: count.describe('Not recorded: no convention says what they stand for.'),
      })
      .describe(
        'Spans of OpenTelemetry’s that ended, since the start; those of internal steps are not counted.',
      ),
    recent_errors: z.array(z.string()),
    store: z.strictObject({
      name: z.string(),
      state: z.enum(['ok', 'failing', 'off']),
      queued: count,
      last_error: z.string().nullable(),
      held: z
        .array(
          z.strictObject({
            tier_ms: milliseconds.describe('Width of its spans; 1000: flushes as they were saved.'),
            from: timestamp,
            to: timestamp,
            reaches_back_ms: milliseconds,
          }),
        )
        .nullable()
        .describe(
          'What the store actually holds of the service, by tier, after all trimming; null: it could not be asked.',
        ),
    }),
    port: z.strictObject({
      state: z.enum(['listening', 'off', 'other_process', 'failed']),
      url: z.string().nullable(),
      reason: z.string().nullable(),
    }),
    recorders: z.array(
      z.strictObject({
        name: z.string(),
        library: z.string().nullable(),
        version: z.string().nullable(),
        state: z
          .enum(['attached', 'waiting', 'degraded'])
          .describe('waiting: the library has not been loaded, or is bundled into other files.'),
        how: z
          .enum(['channel', 'patch', 'module'])
          .nullable()
          .describe('By the channel of the library itself, by its CommonJS files, or by its ES modules.'),
        detail: z.string().nullable(),
      }),
    ),
    notifiers: z.array(notifierSchema),
    alert_events: z.strictObject({
      dropped: count.describe('Never saved: the store was out of reach for too long.'),
      unreadable: count.describe(
        'Passed over in the store, alerts, notices and what became of them: not of our form.',
      ),
    }),
  })
  .register(named, { id: 'Self' })

export const self: Endpoint = endpoint({
  path: '/self',
  name: 'self',
  summary: 'What Yardstick itself costs and could not do',
  description:
    'Its CPU, memory and cycle time; what it dropped; the state of store, port, recorders and notifiers.',
  windowed: false,
  response: report,
  answer: async ({ snapshot, settings, holdings }) => {
    const base = head(snapshot)
    // The snapshot may be the holder's, its `self` never is.
    const { atMs, self } = snapshot
    const { instance, startedMs } = self
    return {
      ...base,
      instance,
      store_id: settings.storeId,
      started: iso(startedMs),
      ...selfJson(self, heldJson(await holdings.read(), atMs)),
    }
  },
})

type SelfJson = Omit<z.infer<typeof report>, keyof typeof headShape | 'instance' | 'store_id' | 'started'>

function selfJson(self: SelfReport, held: SelfJson['store']['held']): SelfJson {
  const { version, pid, node, uptimeMs, engine, series, dropped, store, port } = self
  const { mode, restarts, cycles, cycleMs, cpuShare, heapBytes } = engine
  return {
    version,
    pid,
    node,
    uptime_ms: ms(uptimeMs),
    engine: {
      mode,
      restarts,
      cycles,
      cycle_ms: { last: ms(cycleMs.last), mean: ms(cycleMs.mean), max: ms(cycleMs.max) },
      cpu_share: ratio(cpuShare),
      heap_bytes: heapBytes,
    },
    threads: self.threads.map(({ thread, series, inFlight }) => ({ thread, series, in_flight: inFlight })),
    series: { ...series },
    dropped: { ...dropped },
    examples: { kept: self.examples.kept, left_out: self.examples.leftOut },
    spans: {
      recorded: self.spans.recorded,
      passed_over: self.spans.passedOver,
      unknown: self.spans.unknown,
    },
    recent_errors: [...self.recentErrors],
    store: {
      name: store.name,
      state: store.state,
      queued: store.queued,
      last_error: store.lastError ?? null,
      held,
    },
    port: { state: port.state, url: port.url ?? null, reason: port.reason ?? null },
    recorders: self.recorders.map(
      ({ name, library = null, version = null, state, how = null, detail = null }) => {
        return { name, library, version, state, how, detail }
      },
    ),
    notifiers: self.notifiers.map(notifierJson),
    alert_events: { ...self.alertEvents },
  }
}

function heldJson(held: readonly Held[] | undefined, nowMs: number): SelfJson['store']['held'] {
  if (held === undefined) return null
  return held.map(({ tierMs, fromMs, toMs }) => {
    const reachesBackMs = Math.max(0, nowMs - fromMs)
    return { tier_ms: tierMs, from: iso(fromMs), to: iso(toMs), reaches_back_ms: ms(reachesBackMs) }
  })
}
