import { part } from '../package-part.ts'
import { simulate } from '../simulation.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const OPERATIONS_EACH = 20

/**
 * Writes a day of every series into the SQLite file of a directory, each part of it as finely as the windows hold
 * it, so that an engine which starts there has all its windows full.
 *
 * @returns how many operations that were
 */
export async function fill(directory: string, service: string, series: number): Promise<number> {
  const { openStore } = await part('stores/open')
  const logger = {
    info: () => {},
    warn: (message: string): void => void process.stderr.write(`${message}\n`),
  }
  const { step, nowMs } = await simulate({
    service,
    series,
    startMs: Date.now() - 24 * HOUR_MS,
    openStore: (clock) => openStore({ kind: 'sqlite', options: {} }, { clock, logger, directory }),
  })
  let steps = 0
  const endMs = nowMs() + 24 * HOUR_MS
  for (const [untilMs, stepMs] of [
    [endMs - HOUR_MS, 15 * MINUTE_MS],
    [endMs - 5 * MINUTE_MS, MINUTE_MS],
    [endMs - MINUTE_MS, 5 * SECOND_MS],
    [endMs, SECOND_MS],
  ] as const) {
    for (; nowMs() < untilMs; steps++) await step(stepMs, OPERATIONS_EACH)
  }
  return steps * OPERATIONS_EACH * series
}
