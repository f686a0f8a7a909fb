import { readFile } from 'node:fs/promises'
import { readingsFromCsv } from '../alerts/csv.ts'
import type { AlertEvent } from '../alerts/event.ts'
import { eventText } from '../alerts/event-text.ts'
import { simulate } from '../alerts/replay.ts'
import { parseScenario } from '../alerts/scenario/parse.ts'
import { runScenario } from '../alerts/scenario/run.ts'
import { offsetText } from '../alerts/scenario/words.ts'
import { loadSettings } from '../config/load.ts'
import { YardstickError } from '../ground/errors.ts'
import { iso } from '../ground/instant.ts'
import { EXIT_CODE } from './exit-code.ts'
import { printable } from './printable.ts'
import { type Moment, replayStore } from './replay/replay-store.ts'
import { replayedAlerts } from './replay/replayed-alerts.ts'

export interface ReplayOptions {
  readonly config?: string
  readonly json?: boolean
  /** `true`: the one of the configuration. */
  readonly store?: string | true
  readonly service?: string
  readonly since?: Moment
  readonly until?: Moment
}

/**
 * Prints what would have fired; the exit code.
 *
 * @param file a scenario or a CSV; without one `store` says what is replayed
 * @throws YardstickError `YS_SCENARIO` when the file was not found or could not be read; as `replayStore` does
 */
export async function runReplay(file: string | undefined, options: ReplayOptions): Promise<number> {
  const { store, service, since, until } = options
  if (store !== undefined && file === undefined) return await replayStore({ ...options, store })
  const ofStores = service !== undefined || since !== undefined || until !== undefined
  if (file === undefined || store !== undefined || ofStores) {
    const got = file === undefined ? 'neither' : `${file} and options for a store`
    throw new YardstickError('YS_SCENARIO', `expected a .scenario or .csv file, or --store, got ${got}`)
  }
  const text = await textOf(file)
  return file.endsWith('.csv') ? await replayCsv(text, options) : replayScenario(text, options)
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new YardstickError('YS_SCENARIO', `expected a .scenario or .csv file, got ${file}: ${reason}`, {
      cause,
    })
  }
}

function replayScenario(text: string, { json }: ReplayOptions): number {
  const { passed, checks, timeline, events, notices } = runScenario(parseScenario(text))
  if (json === true) print(JSON.stringify({ passed, checks, events, notices }, undefined, 2))
  else {
    for (const each of timeline) print(`${offsetText(each.offsetMs).padStart(10)}  ${each.text}`)
    for (const check of checks) {
      const mark = check.passed ? 'ok  ' : 'not '
      print(
        `${mark}  line ${check.line}: ${check.text}${check.got === undefined ? '' : `\n      but ${check.got}`}`,
      )
    }
    print(`${checks.filter((check) => check.passed).length} of ${checks.length} checks hold`)
  }
  return passed ? EXIT_CODE.ok : EXIT_CODE.failed
}

async function replayCsv(text: string, { config, json }: ReplayOptions): Promise<number> {
  const given = config === undefined ? {} : { config }
  const settings = await loadSettings({
    directory: process.cwd(),
    environment: process.env,
    options: given,
  })
  const { targets } = settings
  const readings = readingsFromCsv(text, targets)
  const { events, notices, fromMs, toMs } = simulate({ targets, options: replayedAlerts(settings), readings })
  if (json === true) print(JSON.stringify({ fromMs, toMs, events, notices }, undefined, 2))
  else {
    for (const event of events) printEvent(event)
    const fired = events.filter(({ type }) => type === 'fired').length
    const told = notices.length === 1 ? '1 notice' : `${notices.length} notices`
    print(`${fired} fired, ${told} in ${offsetText(toMs - fromMs)}`)
  }
  return EXIT_CODE.ok
}

function printEvent(event: AlertEvent): void {
  const text = eventText(event)
  if (text !== undefined) print(`${iso(event.atMs)}  ${text}`)
}

/** Names in a CSV or a scenario are anybody's: nothing in them may steer the terminal. */
function print(text: string): void {
  process.stdout.write(`${text.split('\n').map(printable).join('\n')}\n`)
}
