import { constants, PerformanceObserver } from 'node:perf_hooks'
import type { Ledger } from '../../measure/ledger.ts'
import type { Detach } from '../../measure/recorder.ts'
import { GC } from '../../measure/runtime-components.ts'

const MINOR_MARK_SWEEP = 2
const KINDS: ReadonlyMap<unknown, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [MINOR_MARK_SWEEP, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak_callbacks'],
])

/** Records every pause of this thread's garbage collector, by kind. */
export function collections(ledger: Ledger): Detach {
  const observer = new PerformanceObserver((list) => {
    try {
      for (const entry of list.getEntries()) {
        ledger.operation(GC, KINDS.get(kindOf(entry)) ?? 'other').record(entry.duration)
      }
    } catch (error) {
      ledger.swallow('runtime', error)
    }
  })
  observer.observe({ type: 'gc' })
  return () => observer.disconnect()
}

/** The types of Node do not know that entries of this type have it. */
function kindOf(entry: object): unknown {
  return (entry as { readonly detail?: { readonly kind?: unknown } }).detail?.kind
}
