import { ALERT_EVENT_KIND, type AlertEvent, isHuman } from '../../alerts/event.ts'
import type { AlertOptions } from '../../alerts/options.ts'
import { lookbacksOf } from '../../alerts/policy.ts'
import { type Simulated, Simulation } from '../../alerts/replay.ts'
import { storedEvent } from '../../alerts/stored-event.ts'
import { type AlertSummary, alertSummary } from '../../alerts/summary.ts'
import type { StoreReader } from '../../stores/kept.ts'
import type { Target } from '../../targets/target.ts'
import { readingsOf } from './stored-span.ts'
import { type Stretch, Stretches } from './stretches.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** What a stored span of a service was, and what it would have been under these rules. */
export interface ReplayedHistory extends Simulated {
  readonly service: string
  readonly stored: readonly Stretch[]
  readonly would: AlertSummary
  readonly did: AlertSummary
}

/**
 * Runs what a store holds of a service through targets and rules. It is read span by span, never held as a whole. What
 * people decided then, silences, maintenance, and what happened, starts and changes, holds here too; acknowledgements
 * and resolutions by hand belong to alerts that may not be here.
 */
export async function replayHistory(
  store: StoreReader,
  rules: { readonly service: string; readonly targets: readonly Target[]; readonly options: AlertOptions },
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<ReplayedHistory> {
  const { service } = rules
  const stored: AlertEvent[] = []
  const kinds = [ALERT_EVENT_KIND]
  for await (const { data } of store.events(service, { fromMs: fromMs - DAY_MS, toMs }, { kinds })) {
    const event = storedEvent(data)
    if (event !== undefined) stored.push(event)
  }
  const lookbacksMs = lookbacksOf(rules.options.policies).filter((lengthMs) => lengthMs <= DAY_MS)
  const filledMs = fromMs - Math.max(MINUTE_MS, ...lookbacksMs)
  const simulation = new Simulation({ ...rules, startMs: fromMs, filledMs })
  const standing = stored.flatMap((event) => standingOf(event, fromMs))
  let next = 0
  const live = (atMs: number): void => {
    for (; next < standing.length && standing[next]!.atMs <= atMs; next++) {
      const event = standing[next]!
      simulation.until(event.atMs)
      simulation.apply(event)
    }
  }
  const stretches = new Stretches(fromMs)
  for await (const span of store.slices(service, { fromMs: filledMs, toMs })) {
    if (span.toMs > fromMs) stretches.add({ fromMs: Math.max(span.fromMs, fromMs), toMs: span.toMs })
    for (const reading of readingsOf(span)) {
      live(reading.atMs)
      simulation.read(reading)
    }
  }
  live(toMs)
  simulation.until(toMs)
  const { events, notices } = simulation.simulated
  // What was there before the beginning is no part of what happened.
  const own = events.filter(({ atMs }) => atMs > fromMs)
  return {
    ...{ service, fromMs, toMs, events: own, notices, stored: stretches.upTo(toMs) },
    would: alertSummary(own, { fromMs, toMs }),
    did: alertSummary(stored, { fromMs, toMs }),
  }
}

/** What holds whatever alerts there are; of a checkpoint before the beginning only that. */
function standingOf(event: AlertEvent, fromMs: number): readonly AlertEvent[] {
  if (event.type === 'checkpoint') {
    const nothing = { alerts: [], fired: [], closing: [], missed: [], successes: [], said: [] }
    return event.atMs > fromMs ? [] : [{ ...event, state: { ...event.state, ...nothing } }]
  }
  const isOfAlert = event.type === 'acknowledged' || event.type === 'resolved'
  return isHuman(event) && !isOfAlert ? [event] : []
}
