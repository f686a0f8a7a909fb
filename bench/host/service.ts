import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Yardstick } from '../../src/engine/yardstick.ts'
import { seriesNames } from '../simulation.ts'

/** What the host saw of its own event loop in one stretch, ms beyond the timer's own interval. */
export interface Delay {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly operations: number
}

const TICK_MS = 5
const OPERATIONS_A_TICK = 50
const RESOLUTION_MS = 1

/** Its first word: where Yardstick answers, if it is there. */
export interface Started {
  readonly url: string | undefined
}

// A host with a little regular work in every series; with or without somebody who measures it.
const [, , index = '', seriesCount = ''] = process.argv
const series = Number(seriesCount)
let operations = 0
let record = (_which: number, _durationMs: number): void => {}
setInterval(() => {
  for (let i = 0; i < OPERATIONS_A_TICK; i++) record(operations++ % series, 1 + (operations % 97))
}, TICK_MS)
// Yardstick does not keep a process alive; the interval above does meanwhile.
const url = index === '' ? undefined : await measured(index)

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
process.on('message', (word) => {
  if (word === 'memory') {
    process.send!({ rssBytes: process.memoryUsage.rss() })
    return
  }
  if (word === 'begin') {
    operations = 0
    delay.reset()
    delay.enable()
    return
  }
  delay.disable()
  const beyond = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS)
  const found: Delay = {
    p50Ms: beyond(delay.percentile(50)),
    p99Ms: beyond(delay.percentile(99)),
    maxMs: beyond(delay.max),
    operations,
  }
  process.send!(found)
})
const started: Started = { url }
process.send!(started)

async function measured(file: string): Promise<string | undefined> {
  const { yardstick } = (await import(file)) as { yardstick(): Yardstick }
  const ys = yardstick()
  const url = await ys.ready()
  const { routes, queries } = seriesNames(series)
  const handles = [
    ...routes.map((name) => ys.operation('request', name)),
    ...queries.map((name) => ys.operation('database', name)),
  ]
  for (const handle of handles) handle.record(1)
  record = (which, durationMs) => handles[which]!.record(durationMs)
  return url
}
