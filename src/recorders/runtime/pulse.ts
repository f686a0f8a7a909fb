import { isMainThread } from 'node:worker_threads'
import type { Ledger } from '../../measure/ledger.ts'
import { PULSE } from '../../measure/loop-gauges.ts'
import type { Operation } from '../../measure/operation.ts'
import type { Detach } from '../../measure/recorder.ts'
import { BLOCKED, EVENT_LOOP } from '../../measure/runtime-components.ts'
import { lookAround } from './look-around.ts'

/** Waking an idle process costs 0.13 ms at worst (tried in a sandbox), so no more often than this. */
export const PROBE_MS = 50
/** From when on a loop counts as blocked. */
const BLOCKED_MS = 100
const LOOK_MS = 1000
/** Probes that a loop may have missed at a stretch: 17 minutes of them. */
const MOST_MISSED = 20_000

/**
 * Asks this thread's event loop every 50 ms to run a probe, and records how long it made the probe wait. A loop that
 * stood still for a second has made the probes that fell due meanwhile wait too: they are recorded as one that came at
 * each of these moments would have been ("coordinated omission", as HdrHistogram's `recordValueWithExpectedInterval`
 * corrects it). So percentiles are over time, not over what happened to get through: p99 is what a request had to
 * wait that came at the worst moment in a hundred.
 *
 * By the stamp that it leaves the engine's thread sees whether the loop stands still.
 */
export function pulse(ledger: Ledger): Detach {
  const name = isMainThread ? 'main' : 'worker'
  const delay = ledger.operation(EVENT_LOOP, name)
  let blocked: Operation | undefined
  let dueMs = ledger.now() + PROBE_MS
  let lookMs = 0
  const probe = (): void => {
    try {
      const nowMs = ledger.now()
      const waitedMs = Math.max(0, nowMs - dueMs)
      ledger.loop.gauges[PULSE] = nowMs
      const missed = Math.min(Math.floor(waitedMs / PROBE_MS), MOST_MISSED)
      for (let probe = 0; probe <= missed; probe++) delay.record(waitedMs - probe * PROBE_MS)
      if (waitedMs >= BLOCKED_MS) {
        blocked ??= ledger.operation(BLOCKED, name)
        blocked.record(waitedMs)
      }
      if (nowMs >= lookMs) {
        lookMs = nowMs + LOOK_MS
        lookAround(ledger.loop.gauges, nowMs)
      }
    } catch (error) {
      ledger.swallow('runtime', error)
    }
    dueMs = ledger.now() + PROBE_MS
    timer.refresh()
  }
  const timer = setTimeout(probe, PROBE_MS)
  timer.unref()
  return () => clearTimeout(timer)
}
