import { formatDuration } from '../ground/duration.ts'
import type { Counts } from '../measure/counts.ts'
import { BLOCKED, EVENT_LOOP, GC } from '../measure/runtime-components.ts'

/** Waits under this, or under a tenth of what a request takes anyway, are not worth a word. */
const WORTH_MS = 5
const WORTH_SHARE = 0.1

export interface RuntimeReport {
  /** Waits for the event loop, one every 50 ms of every loop; the rest of these are `undefined` where there was none. */
  readonly eventLoop: Counts | undefined
  readonly blocked: Counts | undefined
  readonly gc: Counts | undefined
  readonly gcKinds: readonly { readonly name: string; readonly counts: Counts }[]
  /** Why clients see longer times than the percentiles of `request` say; `undefined` where they do not. */
  readonly understated: string | undefined
}

interface Component {
  readonly component: string
  readonly counts: Counts
  readonly series: readonly { readonly name: string; readonly counts: Counts }[]
}

/** Event loop and garbage collection in a window, over all instances that it covers. */
export function runtimeReport({ components }: { readonly components: readonly Component[] }): RuntimeReport {
  const of = (name: string): Component | undefined => components.find(({ component }) => component === name)
  const eventLoop = of(EVENT_LOOP)?.counts
  const gc = of(GC)
  return {
    eventLoop,
    blocked: of(BLOCKED)?.counts,
    gc: gc?.counts,
    gcKinds: gc?.series ?? [],
    understated: understated(eventLoop, of('request')?.counts),
  }
}

/** A request is seen when its loop gets to it; what it waited for that, its own duration does not hold. */
function understated(eventLoop: Counts | undefined, requests: Counts | undefined): string | undefined {
  const matters = [0.95, 0.99].some((q) => {
    const waitedMs = eventLoop?.percentileMs(q)
    const tookMs = requests?.percentileMs(q)
    if (waitedMs === undefined || tookMs === undefined) return false
    return waitedMs >= WORTH_MS && waitedMs >= WORTH_SHARE * tookMs
  })
  if (!matters) return undefined
  const [p95, p99] = [0.95, 0.99].map((q) => formatDuration(eventLoop!.percentileMs(q)!))
  return (
    'Clients wait longer than the percentiles of request say: before a request was seen it had to wait for the event ' +
    `loop, ${p95} at its p95 and ${p99} at its p99.`
  )
}
