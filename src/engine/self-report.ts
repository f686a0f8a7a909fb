import type { Alerting } from './alerting/alerting.ts'
import type { Collector } from './collector.ts'
import type { Examples } from './examples.ts'
import type { SaveQueue } from './save-queue.ts'
import type { SelfMeter } from './self-meter.ts'
import type { SeriesBound } from './series-bound.ts'
import type { SelfReport } from './snapshot.ts'
import type { Store } from './store.ts'

/** The parts of an engine that know what it costs and what it had to leave out. */
export interface EngineParts {
  readonly instance: string
  readonly startedMs: number
  readonly store: Store
  readonly version: string
  readonly mode: 'thread' | 'inline'
  readonly restarts: number
  readonly seriesLimit: number
  readonly uptimeMs: number
  readonly cycles: number
  readonly nowMs: number
  /** Why the store could not be asked the last time. */
  readonly unreachable: string | undefined
  readonly meter: SelfMeter
  readonly collector: Collector
  readonly bound: SeriesBound
  readonly examples: Examples
  readonly queue: SaveQueue
  readonly alerting: Alerting
  readonly errors: readonly string[]
  readonly port: SelfReport['port']
  readonly recorders: SelfReport['recorders']
}

export function selfReport(parts: EngineParts): SelfReport {
  const { store, seriesLimit, mode, restarts, cycles, meter, collector, bound, examples, queue, alerting } =
    parts
  const { losses } = collector
  const { invalid, negative, clamped, folded, errors, untold } = losses
  const lastError = queue.lastError ?? parts.unreachable
  return {
    instance: parts.instance,
    startedMs: parts.startedMs,
    version: parts.version,
    pid: process.pid,
    node: process.version,
    uptimeMs: parts.uptimeMs,
    engine: { mode, restarts, cycles, ...meter.report() },
    threads: collector.threads,
    series: { used: bound.used, limit: seriesLimit, folded: folded + bound.folded },
    dropped: { invalid, negative, clamped, batches: queue.dropped, errors },
    examples: { kept: examples.list(parts.nowMs).length, leftOut: untold + examples.leftOut },
    spans: { recorded: losses.spans, passedOver: losses.spansPassedOver, unknown: losses.spansUnknown },
    recentErrors: [...parts.errors],
    store: {
      name: store.name,
      state: lastError === undefined ? 'ok' : 'failing',
      queued: queue.queued,
      ...(lastError === undefined ? {} : { lastError }),
    },
    port: parts.port,
    recorders: parts.recorders,
    notifiers: alerting.delivery.state,
    alertEvents: { dropped: alerting.dropped, unreadable: alerting.unreadable },
  }
}
