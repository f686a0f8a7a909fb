import { loadSettings } from '../../config/load.ts'
import { YardstickError } from '../../ground/errors.ts'
import { iso } from '../../ground/instant.ts'
import { inspectStore } from '../../stores/inspect.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { printable } from '../printable.ts'
import { historyText } from './history-text.ts'
import { replayedAlerts } from './replayed-alerts.ts'
import { replayHistory } from './stored-history.ts'

export interface StoreReplayOptions {
  /** `true`: the one of the configuration. */
  readonly store: string | true
  readonly service?: string
  readonly config?: string
  /** Wall ms; or how long ago, where it is a duration. */
  readonly since?: Moment
  readonly until?: Moment
  readonly json?: boolean
}

/** An instant, or how long ago. */
export type Moment = { readonly atMs: number } | { readonly agoMs: number }

const DAY_MS = 86_400_000

/**
 * Prints what would have fired in what a store holds, by the targets and rules of the configuration. Gives the exit code.
 *
 * @throws YardstickError `YS_STORE_…`, `YS_CONFIG…`, `YS_SCENARIO` for a span that is none
 */
export async function replayStore(options: StoreReplayOptions): Promise<number> {
  const { store, service, config, json } = options
  const directory = process.cwd()
  const given = {
    ...(store === true ? {} : { store }),
    ...(service === undefined ? {} : { service }),
    ...(config === undefined ? {} : { config }),
  }
  const settings = await loadSettings({ directory, environment: process.env, options: given })
  const nowMs = Date.now()
  const fromMs = instantOf(options.since ?? { agoMs: DAY_MS }, nowMs)
  const toMs = Math.min(instantOf(options.until ?? { agoMs: 0 }, nowMs), nowMs)
  if (fromMs >= toMs) {
    const [from, to] = [fromMs, toMs].map((ms) => iso(ms))
    throw new YardstickError('YS_SCENARIO', `expected --since before --until and now, got ${from} and ${to}`)
  }
  const inspector = await inspectStore(settings.store, directory)
  try {
    const services = await inspector.services()
    if (!services.includes(settings.service)) {
      const held = services.length === 0 ? 'nothing yet' : services.join(', ')
      throw new YardstickError(
        'YS_SCENARIO',
        `expected a service that the store holds, got "${settings.service}": it holds ${held}; name one with --service`,
      )
    }
    const { targets } = settings
    const rules = { service: settings.service, targets, options: replayedAlerts(settings) }
    const history = await replayHistory(inspector, rules, { fromMs, toMs })
    const text = json === true ? JSON.stringify(history, undefined, 2) : historyText(history)
    process.stdout.write(`${text.split('\n').map(printable).join('\n')}\n`)
    return EXIT_CODE.ok
  } finally {
    await inspector.close()
  }
}

function instantOf(moment: Moment, nowMs: number): number {
  return 'atMs' in moment ? moment.atMs : nowMs - moment.agoMs
}
