import { defaults } from './default-options.ts'
import type { OptionsDraft, StoreDraft } from './drafts.ts'
import type { Problem } from './problems.ts'
import { read } from './read.ts'
import { optionsShape } from './schema.ts'
import { frozen, type Settings, type StoreSettings } from './settings.ts'
import { targetsFrom } from './targets.ts'

const STORE_PATH = '.yardstick/yardstick.db'
const SQLITE_BYTES = 256 * 2 ** 20

/** What was read from each place, and what the surroundings say. */
export interface Layers {
  readonly file: OptionsDraft
  readonly environment: OptionsDraft
  readonly code: OptionsDraft
  /** The service's name where nobody gave one. */
  readonly serviceName: string
  readonly configFile?: string
}

/** Problems that show only when options are seen together, by the place that is to blame. */
export type LayerProblems = Readonly<Record<'file' | 'environment' | 'code', Problem[]>>

/**
 * Puts the layers over each other – code over environment over file over defaults – and completes them. An option
 * of a higher layer replaces the lower one's; `access` is merged by its parts.
 */
export function resolve(layers: Layers, problems: LayerProblems): Settings {
  const { file, environment, code, serviceName, configFile } = layers
  const base = read(optionsShape, { ...defaults, targets: [] }, []) as Required<OptionsDraft>
  const merged = { ...base, ...given(file), ...given(environment), ...given(code) }
  const blame = (option: keyof OptionsDraft): Problem[] => problems[sourceOf(option, layers)]

  const { window, port, host, headers, serverTiming, ignore, waits, logins, seriesLimit, disabled } = merged
  if (code.componentLimit ?? environment.componentLimit ?? file.componentLimit) {
    if (merged.componentLimit > seriesLimit) {
      blame('componentLimit').push({
        path: 'componentLimit',
        expected: `at most seriesLimit, ${seriesLimit}`,
        got: String(merged.componentLimit),
        fix: `write ${seriesLimit} or less, or raise seriesLimit`,
      })
    }
  }
  const access = { ...file.access, ...environment.access, ...code.access }
  return frozen({
    // A name that somebody wrote down for this service beats one that the surroundings set for all of them.
    service: code.service ?? file.service ?? environment.service ?? serviceName,
    targets: targetsFrom(merged.targets, merged.defaults, blame('targets')),
    window,
    port: port === 'off' ? 'off' : { host, port },
    store: storeFrom(merged.store, merged.retention, blame('store')),
    headers,
    serverTiming,
    ignore,
    waits,
    logins,
    seriesLimit,
    componentLimit: Math.min(merged.componentLimit, seriesLimit),
    access: { hosts: access.hosts ?? [], ...(access.token === undefined ? {} : { token: access.token }) },
    disabled,
    ...(configFile === undefined ? {} : { file: configFile }),
  })
}

function sourceOf(option: keyof OptionsDraft, layers: Layers): keyof LayerProblems {
  if (layers.code[option] !== undefined) return 'code'
  return layers.environment[option] === undefined ? 'file' : 'environment'
}

/** What could not be read does not hide what lies below. */
function given(draft: OptionsDraft): OptionsDraft {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined))
}

function storeFrom(draft: StoreDraft, retentionMs: number, problems: Problem[]): StoreSettings {
  const path = draft.path ?? draft.options?.path
  const maxBytes = draft.maxBytes ?? draft.options?.maxBytes
  if (draft.kind === 'memory') {
    if (path !== undefined) {
      problems.push({
        path: 'store.path',
        expected: 'no path, since memory has no file',
        got: JSON.stringify(path),
        fix: 'remove it, or write kind: "sqlite"',
      })
    }
    return { kind: 'memory', options: maxBytes === undefined ? {} : { maxBytes } }
  }
  const keep = { quartersMs: retentionMs, ...draft.options?.keep }
  return { kind: 'sqlite', options: { path: path ?? STORE_PATH, maxBytes: maxBytes ?? SQLITE_BYTES, keep } }
}
