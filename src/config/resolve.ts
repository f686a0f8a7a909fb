import { WITHHELD } from '../ground/withheld.ts'
import { alertsFrom } from './alerts.ts'
import { defaults } from './default-options.ts'
import type { OptionsDraft, StoreDraft } from './drafts.ts'
import { notifiersFrom, notifiersOver } from './notifiers.ts'
import type { Problem } from './problems.ts'
import { read } from './read.ts'
import { noteUnknownNotifiers } from './routed-notifiers.ts'
import { optionsShape } from './schema.ts'
import { frozen, type Settings, type StoreSettings } from './settings.ts'
import { targetsFrom } from './targets.ts'

const STORE_PATH = '.yardstick/yardstick.db'
const SQLITE_BYTES = 256 * 2 ** 20

/** Options by where they were given. */
export interface Sources {
  readonly file: OptionsDraft
  readonly environment: OptionsDraft
  readonly code: OptionsDraft
}

export interface Surroundings {
  /** The service's name where nobody gave one. */
  readonly serviceName: string
  readonly configFile?: string
}

/** Problems that show only when options are seen together, by the source that is to blame. */
export type SourceProblems = Readonly<Record<keyof Sources, Problem[]>>

/**
 * Puts the sources over each other – code over environment over file over defaults – and completes them. An option
 * of a higher source replaces the lower one's; `access` and `notifiers` are merged by their parts.
 */
export function resolve(
  sources: Sources,
  { serviceName, configFile }: Surroundings,
  problems: SourceProblems,
): Settings {
  const { file, environment, code } = sources
  const base = read(optionsShape, { ...defaults, targets: [] }, []) as Required<OptionsDraft>
  const merged = { ...base, ...present(file), ...present(environment), ...present(code) }
  const blame = (option: keyof OptionsDraft): Problem[] => problems[sourceOf(option, sources)]

  const { port, host, seriesLimit } = merged
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
  const [inFile, inEnvironment, inCode] = [file, environment, code].map((each) => each.notifiers ?? {})
  const notifiers = notifiersOver(notifiersOver(inFile!, inEnvironment!), inCode!)
  noteUnknownNotifiers(merged.alerts, Object.keys(notifiers), blame('alerts'))
  const targets = targetsFrom(merged.targets, merged.defaults, blame('targets'))
  return frozen({
    // A name that somebody wrote down for this service beats one that the surroundings set for all of them.
    service: code.service ?? file.service ?? environment.service ?? serviceName,
    targets,
    window: merged.window,
    port: port === 'off' ? 'off' : { host, port },
    ...(merged.publicUrl === undefined ? {} : { publicUrl: merged.publicUrl }),
    store: storeFrom(merged.store, merged.retention, blame('store')),
    headers: merged.headers,
    serverTiming: merged.serverTiming,
    runtime: merged.runtime,
    ignore: merged.ignore,
    waits: merged.waits,
    logins: merged.logins,
    layers: merged.layers,
    seriesLimit,
    componentLimit: Math.min(merged.componentLimit, seriesLimit),
    access: { hosts: access.hosts ?? [], ...(access.token === undefined ? {} : { token: access.token }) },
    notifiers: notifiersFrom(notifiers, (name) => problems[sourceOfNotifier(name, sources)]),
    alerts: alertsFrom(merged.alerts, targets, blame('alerts')),
    disabled: merged.disabled,
    ...(configFile === undefined ? {} : { file: configFile }),
  })
}

function sourceOf(option: keyof OptionsDraft, sources: Sources): keyof Sources {
  if (sources.code[option] !== undefined) return 'code'
  return sources.environment[option] === undefined ? 'file' : 'environment'
}

function sourceOfNotifier(name: string, { file, environment, code }: Sources): keyof Sources {
  if (code.notifiers?.[name] !== undefined) return 'code'
  // A variable alone sets one up; where the file names it too, the file is where the rest belongs.
  return file.notifiers?.[name] === undefined && environment.notifiers?.[name] !== undefined
    ? 'environment'
    : 'file'
}

function storeFrom(draft: StoreDraft, retentionMs: number, problems: Problem[]): StoreSettings {
  const { kind = 'sqlite', options: given = {}, ...flat } = draft
  const {
    path,
    maxBytes,
    url,
    ssl,
    schema,
    pool,
    timeoutMs,
    keep: keepDraft,
  } = { ...given, ...present(flat) }
  const keep = { quartersMs: retentionMs, ...keepDraft }
  const connection = present({ url, ssl, schema, pool, timeoutMs })
  if (kind !== 'sqlite' && path !== undefined) {
    problems.push({
      path: 'store.path',
      expected: `no path, since ${kind} has no file`,
      got: JSON.stringify(path),
      fix: 'remove it, or write kind: "sqlite"',
    })
  }
  const [misplaced] = Object.keys(connection)
  if (kind !== 'postgres' && misplaced !== undefined) {
    problems.push({
      path: `store.${misplaced}`,
      expected: `no ${misplaced}, which is for PostgreSQL`,
      got: misplaced === 'url' || misplaced === 'ssl' ? WITHHELD : JSON.stringify(misplaced),
      fix: 'remove it, or write kind: "postgres"',
    })
  }
  if (kind === 'postgres') {
    if (maxBytes !== undefined) {
      problems.push({
        path: 'store.maxBytes',
        expected: 'no maxBytes, since PostgreSQL has no cap of ours',
        got: String(maxBytes),
        fix: 'remove it; retention bounds what is kept',
      })
    }
    return { kind, options: { ...connection, keep } }
  }
  if (kind === 'memory') return { kind, options: maxBytes === undefined ? {} : { maxBytes } }
  return { kind, options: { path: path ?? STORE_PATH, maxBytes: maxBytes ?? SQLITE_BYTES, keep } }
}

/** What could not be read does not hide what lies below. */
function present<T extends object>(options: T): Present<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Present<T>
}

/** Without the parts that are `undefined`. */
type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }
