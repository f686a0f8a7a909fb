/** Float64 places of a loop's gauges in its shared buffer. Each is written by the loop's own thread only. */
export const PULSE = 0
export const ACTIVE = 1
export const IDLE = 2
export const HEAP_USED = 3
export const HEAP_LIMIT = 4
export const HANDLES = 5
export const GAUGES = 8

/** How one event loop is, as its thread said last. */
export interface LoopGauges {
  /** When its probe ran last, by its thread's own clock; 0 before the first time. */
  readonly pulseMs: number
  /** Since the loop began: time in which it had something to do, and time in which it waited. */
  readonly activeMs: number
  readonly idleMs: number
  readonly heapUsedBytes: number
  readonly heapLimitBytes: number
  /** What keeps it alive: sockets, timers, requests to the system. */
  readonly handles: number
}

export function readGauges(gauges: Float64Array): LoopGauges {
  return {
    pulseMs: gauges[PULSE]!,
    activeMs: gauges[ACTIVE]!,
    idleMs: gauges[IDLE]!,
    heapUsedBytes: gauges[HEAP_USED]!,
    heapLimitBytes: gauges[HEAP_LIMIT]!,
    handles: gauges[HANDLES]!,
  }
}
