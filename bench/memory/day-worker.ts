import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { part } from '../package-part.ts'
import { simulate } from '../simulation.ts'

/** Memory at one moment of the simulated time. */
export interface Sample {
  readonly simulatedMs: number
  /** The engine thread's heap and what hangs on it, after a full collection. */
  readonly heapBytes: number
  /** Of the whole process, before and after that collection. */
  readonly rssBytes: number
  readonly rssCollectedBytes: number
}

export interface DayOptions {
  readonly series: number
  readonly days: number
  /** 1000 steps through every second. */
  readonly coarseStepMs: number
  readonly sampleMs: number
  readonly operationsEach: number
}

const DAY_MS = 86_400_000
/** Longer than the 5-minute window. */
const FINE_MS = 360_000
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const { series, days, coarseStepMs, sampleMs, operationsEach } = workerData as DayOptions
const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
try {
  await run()
} finally {
  rmSync(directory, { recursive: true, force: true })
}

// Composed as the engine's own thread is: configuration read, SQLite store, API on its port.
async function run(): Promise<void> {
  const { loadSettings } = await part('config/load')
  const { openStore } = await part('stores/open')
  const { openPort } = await part('api/port')
  const { api } = await part('api/routes')
  const logger = {
    info: () => {},
    warn: (message: string): void => void process.stderr.write(`${message}\n`),
  }
  const settings = await loadSettings({ directory, environment: { YARDSTICK_SERVICE: 'bench' } })
  const { engine, nowMs, step } = await simulate({
    service: 'bench',
    series,
    startMs: Date.now() - days * DAY_MS,
    openStore: (clock) => openStore(settings.store, { clock, logger, directory }),
  })
  const onError = (error: unknown): void => logger.warn(String(error))
  const app = api({
    snapshot: () => engine.snapshot,
    alerts: () => engine.alerts,
    holdings: () => engine.holdings,
    settings: () => ({ targets: settings.targets, defaultWindow: settings.window, storeId: 'bench' }),
    onError,
  })
  const { access } = settings
  await openPort({
    host: '127.0.0.1',
    port: 0,
    fetch: app.fetch,
    access,
    service: 'bench',
    storeId: 'bench',
    onError,
  })

  const startMs = nowMs()
  const sample = (): void => {
    const rssBytes = process.memoryUsage.rss()
    collectGarbage()
    const { used_heap_size, external_memory } = getHeapStatistics()
    const taken: Sample = {
      simulatedMs: nowMs() - startMs,
      heapBytes: used_heap_size + external_memory,
      rssBytes,
      rssCollectedBytes: process.memoryUsage.rss(),
    }
    parentPort!.postMessage(taken)
  }
  sample()
  for (let at = sampleMs; at <= days * DAY_MS; at += sampleMs) {
    // The windows' finest slots are as full at a sample as if every second had been stepped through.
    for (const [untilMs, stepMs] of [
      [at - FINE_MS, coarseStepMs],
      [at, 1_000],
    ] as const) {
      while (nowMs() - startMs < untilMs) await step(stepMs, operationsEach)
    }
    // Answers are worked out when they are asked for.
    await app.fetch(new Request('http://127.0.0.1/api/v1/performance/report'))
    sample()
  }
}
