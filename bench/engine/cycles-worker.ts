import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdtempSync, rmSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { Policy } from '../../src/alerts/policy.ts'
import type { Clock } from '../../src/ground/clock.ts'
import type { Scope } from '../../src/measure/scope.ts'
import type { Target } from '../../src/targets/target.ts'
import { part } from '../package-part.ts'
import { partsOf } from './parts.ts'

export interface CyclesOptions {
  readonly targets: number
  readonly swinging: number
  readonly operationsEach: number
  readonly burnRates: boolean
  /** Cycles one right after the other, by a stepped clock. */
  readonly cycles: number
  /** And so many at real pace, once a second, as in a service: what was in the processor's caches is gone by then. */
  readonly paced: number
}

/** What one second took on the engine's thread. */
export interface CycleTime {
  readonly turnMs: number
  readonly cycleMs: number
  readonly tendMs: number
  /** CPU of the thread for all of it: what else runs on the machine is not in it. */
  readonly cpuMs: number
}

export interface CyclesResult {
  readonly stepped: readonly CycleTime[]
  readonly paced: readonly CycleTime[]
  /** Share of a cycle's time, from another run of cycles under a sampling profiler. */
  readonly parts: readonly (readonly [part: string, share: number])[]
  readonly events: number
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const QUARTER_MS = 900_000
const DAY_MS = 86_400_000
/** More than the 5-minute window holds. */
const FINE_MS = 330_000
const PROFILED = 100
const GOOD_MS = 10
/** 1.6 times the limit: a WARNING. */
const SLOW_MS = 40
const SLOW_S = 100
const SWING_S = 300

const options = workerData as CyclesOptions
const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
try {
  parentPort!.postMessage(await run())
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function run(): Promise<CyclesResult> {
  const { Engine } = await part('engine/engine')
  const { Ledger } = await part('measure/ledger')
  const { openStore } = await part('stores/open')
  const { alertDefaults, burnRatePolicy, ratioPolicy, defaultRoute } = await part('alerts/options')
  const { defaultTarget } = await part('targets/defaults')

  let nowMs = Date.now() - 2 * DAY_MS
  const clock: Clock = { wallMs: () => nowMs, monotonicMs: () => performance.now() }
  const logger = { info: () => {}, warn: (text: string): void => void process.stderr.write(`${text}\n`) }
  const store = await openStore({ kind: 'sqlite', options: {} }, { clock, logger, directory })
  // Saving and the store's upkeep go on after a cycle, with pauses in which others have their turn: without these they
  // would never come to an end, and what waits to be saved would fill the heap.
  const save = store.save.bind(store)
  let saved = Promise.resolve()
  store.save = (batch) => {
    saved = save(batch)
    return saved
  }
  const names = Array.from({ length: options.targets }, (_, n) => `query_${n}`)
  const targets = names.map((series): Target => {
    return { ...defaultTarget('database')!, id: `database ${series}`, series, weight: 1 }
  })
  const policies: readonly Policy[] = options.burnRates ? [ratioPolicy, burnRatePolicy] : [ratioPolicy]
  let events = 0
  const engine = new Engine({
    settings: {
      ...{ service: 'bench', targets, window: '5min', seriesLimit: options.targets },
      alerts: { ...alertDefaults, policies, routes: [defaultRoute('ops')] },
    },
    ...{ store, clock, instance: 'bench', version: 'bench', mode: 'thread' },
    notifiers: [{ name: 'ops', deliver: async () => {} }],
    onAlertEvent: () => {
      events++
    },
  })
  const ledger = new Ledger({
    thread: 0,
    scopes: new AsyncLocalStorage<Scope | undefined>(),
    now: () => performance.now(),
    limits: () => [25],
    announce: (announcement) => engine.accept(announcement),
    ...{ seriesLimit: options.targets, componentLimit: options.targets },
  })
  const operations = names.map((name) => ledger.operation('database', name))
  await engine.tend()

  const work = (): void => {
    const second = Math.floor(nowMs / SECOND_MS)
    for (const [n, operation] of operations.entries()) {
      const slow = n < options.swinging && (second + n) % SWING_S < SLOW_S
      for (let i = 0; i < options.operationsEach; i++) {
        operation.record((slow ? SLOW_MS : GOOD_MS) * (0.6 + 0.8 * Math.random()), false)
      }
    }
  }
  const cycle = async (): Promise<CycleTime> => {
    const before = process.threadCpuUsage()
    const begun = performance.now()
    engine.turn()
    const turned = performance.now()
    engine.cycle()
    const cycled = performance.now()
    await engine.tend()
    await saved
    const ended = performance.now()
    const { user, system } = process.threadCpuUsage(before)
    const cpuMs = (user + system) / 1000
    return { turnMs: turned - begun, cycleMs: cycled - turned, tendMs: ended - cycled, cpuMs }
  }
  const step = (stepMs: number): Promise<CycleTime> => {
    work()
    nowMs += stepMs
    return cycle()
  }
  const several = async (count: number): Promise<CycleTime[]> => {
    const times: CycleTime[] = []
    for (let i = 0; i < count; i++) times.push(await step(SECOND_MS))
    return times
  }

  // A day in all windows, each part of it as finely as they hold it.
  for (let at = 0; at < DAY_MS - 3_600_000; at += QUARTER_MS) await step(QUARTER_MS)
  for (let at = 0; at < 3_600_000 - FINE_MS; at += MINUTE_MS) await step(MINUTE_MS)
  await several(FINE_MS / SECOND_MS)
  events = 0
  const stepped = await several(options.cycles)
  const paced: CycleTime[] = []
  for (let i = 0; i < options.paced; i++) {
    work()
    nowMs += SECOND_MS
    await sleep(SECOND_MS)
    paced.push(await cycle())
  }
  const counted = events
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 250 })
  await session.post('Profiler.start')
  await several(PROFILED)
  const { profile } = await session.post('Profiler.stop')
  await store.close()
  return { stepped, paced, parts: partsOf(profile), events: counted }
}
