import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
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
const RESTORE_TRIES = 120

// A host with a little regular work in every series; with or without somebody who measures it.
const [, , index = '', seriesCount = '', filled = ''] = process.argv
const series = Number(seriesCount)
let operations = 0
let record = (_which: number, _durationMs: number): void => {}
setInterval(() => {
  for (let i = 0; i < OPERATIONS_A_TICK; i++) record(operations++ % series, 1 + (operations % 97))
}, TICK_MS)
// Yardstick does not keep a process alive; the interval above does meanwhile.
if (index !== '') record = await recorder(index)

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
process.send!('ready')

async function recorder(file: string): Promise<(which: number, durationMs: number) => void> {
  const { yardstick } = (await import(file)) as { yardstick(): Yardstick }
  const ys = yardstick()
  const url = await ys.ready()
  const { routes, queries } = seriesNames(series)
  const handles = [
    ...routes.map((name) => ys.operation('request', name)),
    ...queries.map((name) => ys.operation('database', name)),
  ]
  for (const handle of handles) handle.record(1)
  await restored(url, Number(filled))
  return (which, durationMs) => handles[which]!.record(durationMs)
}

/** A long day is read back after the start; the oldest quarter of an hour may have left the window meanwhile. */
async function restored(url: string | undefined, operations: number): Promise<void> {
  for (let i = 0; i < RESTORE_TRIES; i++) {
    if ((await heldInADay(url)) >= 0.97 * operations) return
    await sleep(500)
  }
  throw new Error(`the day's window holds ${await heldInADay(url)} of ${operations} operations`)
}

async function heldInADay(url: string | undefined): Promise<number> {
  const response = await fetch(`${url}/api/v1/performance/metrics?window=1day`)
  const body = (await response.json()) as { readonly metrics_by_type: Record<string, { readonly n: number }> }
  return Object.values(body.metrics_by_type).reduce((sum, { n }) => sum + n, 0)
}
