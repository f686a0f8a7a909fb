import { nodePerformance } from '../../ground/node-performance.ts'
import { ACTIVE, HANDLES, HEAP_LIMIT, HEAP_USED, IDLE } from '../../measure/loop-gauges.ts'

/** As it was when this was loaded: fake timers put something else in its place. */
const utilization = nodePerformance.eventLoopUtilization.bind(nodePerformance)
/** With 4 000 sockets, listing them takes 0.2 ms. */
const LIST_MS = 10_000
let listedMs = Number.NEGATIVE_INFINITY
/** Loaded with the first look: by then the engine runs, and what ended before has not paid for it. */
let v8: typeof import('node:v8') | undefined

/** Writes down what only a loop's own thread can see of it. 1.5 µs. */
export function lookAround(gauges: Float64Array, nowMs: number): void {
  const { active, idle } = utilization()
  gauges[ACTIVE] = active
  gauges[IDLE] = idle
  v8 ??= process.getBuiltinModule('node:v8')
  const heap = v8.getHeapStatistics()
  gauges[HEAP_USED] = heap.used_heap_size
  gauges[HEAP_LIMIT] = heap.heap_size_limit
  if (nowMs - listedMs < LIST_MS) return
  listedMs = nowMs
  gauges[HANDLES] = process.getActiveResourcesInfo().length
}
