import type { Ledger } from '../../measure/ledger.ts'
import type { Detach } from '../../measure/recorder.ts'
import { GC } from '../../measure/runtime-components.ts'

/** V8's `GCType`, as `perf_hooks` has it in its constants; importing that module would load others besides. */
const KINDS: ReadonlyMap<unknown, string> = new Map([
  [1, 'minor'],
  [2, 'minor'],
  [4, 'major'],
  [8, 'incremental'],
  [16, 'weak_callbacks'],
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
