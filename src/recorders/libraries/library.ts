import type { Ledger } from '../../measure/ledger.ts'
import type { Detach, Recorder } from '../../measure/recorder.ts'
import type { RecorderReport } from '../../measure/recorder-report.ts'
import { Instrument } from './instrument.ts'
import { type FileWatch, watchLoading } from './loading.ts'
import { MODULE_HOOKS, seesModules } from './module-tail.ts'
import type { Package } from './package-of.ts'
import { inRange } from './version-range.ts'

/**
 * Looks whether a module is as the recorder knows it and puts its own in the way, all through `instrument`. What it
 * throws says that the module is another: everything is put back, and the recorder is reported `degraded`.
 */
export type Patch = (exports: never, instrument: Instrument) => void

/** How a library is recorded. Keys of files and modules are a package's name and a path in it: `pg/lib/client.js`. */
export interface Library {
  /** The recorder's name. */
  readonly name: string
  /** Its packages, by the names in their package.json, and the versions that were tried. Others are tried and said. */
  readonly versions: Readonly<Record<string, string>>
  /** CommonJS files, and built-in modules as `node:sqlite`. */
  readonly files?: Readonly<Record<string, Patch>>
  /** ES modules, with those of their bindings that the patch gets. */
  readonly modules?: Readonly<Record<string, { readonly bindings: readonly string[]; readonly patch: Patch }>>
  /** What a library publishes itself. Subscribed to at once; a package with a version in `since` is not patched. */
  readonly channel?: {
    readonly since: Readonly<Record<string, string>>
    /** Files that publish nothing even so, such as a build for other platforms: they are patched in every version. */
    readonly silent?: readonly string[]
    /** @param heard to be called when something came: the library may have been loaded before we were */
    readonly subscribe: (instrument: Instrument, heard: () => void) => void
  }
}

/** A recorder that waits for its library. */
export interface LibraryRecorder extends Recorder {
  readonly libraries: readonly string[]
  /** The versions of each that were tried. */
  readonly versions: Library['versions']
}

/**
 * Makes a recorder of the description of a library.
 *
 * @example
 * export function keyv(): Recorder {
 *   return library({ name: 'keyv', versions: { keyv: '>=5 <7' }, files: { 'keyv/dist/index.cjs': watchKeyv } })
 * }
 */
export function library(described: Library): LibraryRecorder {
  return {
    name: described.name,
    libraries: Object.keys(described.versions),
    versions: described.versions,
    attach: (ledger) => new Watching(described, ledger).detach,
  }
}

type How = NonNullable<RecorderReport['how']>
type State = Pick<RecorderReport, 'state' | 'how' | 'detail'>

class Watching {
  readonly #described: Library
  readonly #ledger: Ledger
  readonly #instrument: Instrument
  /** `name@version` of packages of which a file has run that the recorder knows. */
  readonly #met = new Set<string>()
  readonly #seen = new Set<string>()
  readonly #told = new Map<string, State>()
  #isHeard = false

  constructor(described: Library, ledger: Ledger) {
    const { name, versions, channel, files = {}, modules = {} } = described
    this.#described = described
    this.#ledger = ledger
    this.#instrument = new Instrument(name, ledger)
    if (channel !== undefined) channel.subscribe(this.#instrument, this.#heard)
    const watched = [
      ...Object.entries(files).map(([key, patch]) => this.#watch(key, patch)),
      ...Object.entries(modules).map(([key, { bindings, patch }]) => this.#watch(key, patch, bindings)),
    ]
    const folders = Object.keys(versions).map((each) => ({ library: each, seen: this.#saw }))
    this.#instrument.undo(watchLoading({ files: watched, folders }))
  }

  readonly detach: Detach = () => this.#instrument.detach()

  #watch(key: string, patch: Patch, bindings?: readonly string[]): FileWatch {
    const how = bindings === undefined ? 'patch' : 'module'
    const ran = (exports: unknown, found: Package): void => this.#ran({ exports, found, patch, key, how })
    if (key.startsWith('node:')) return { library: 'node', path: key, ran }
    const end = key.indexOf('/', key.startsWith('@') ? key.indexOf('/') + 1 : 0)
    const place = { library: key.slice(0, end), path: key.slice(end + 1), ran }
    return bindings === undefined ? place : { ...place, bindings }
  }

  #ran(file: {
    readonly exports: unknown
    readonly found: Package
    readonly patch: Patch
    readonly key: string
    readonly how: How
  }): void {
    const { exports, found, patch, key, how } = file
    this.#met.add(idOf(found))
    const silent = this.#described.channel?.silent?.includes(key) === true
    if (this.#publishes(found) && !silent) {
      this.#report(found, 'channel')
      return
    }
    try {
      this.#instrument.attempt(() => patch(exports as never, this.#instrument))
    } catch (error) {
      this.#ledger.swallow(this.#described.name, error)
      const detail = `${key} is not as expected, and not recorded: ${String((error as Error)?.message)}`
      this.#tell(found, { state: 'degraded', detail })
      return
    }
    this.#report(found, how)
  }

  #publishes({ name, version }: Package): boolean {
    const since = this.#described.channel?.since[name]
    return since !== undefined && version !== undefined && inRange(version, since)
  }

  #report(found: Package, how: How): void {
    const range = this.#described.versions[found.name] ?? ''
    if (found.version !== undefined && inRange(found.version, range)) {
      this.#tell(found, { state: 'attached', how })
      return
    }
    const detail = `recorded, but nobody has tried this version (known: ${range}); compare its counts before you trust them`
    this.#tell(found, { state: 'degraded', how, detail })
  }

  /** The library publishes; if it was not seen being loaded, which version does is not known. */
  readonly #heard = (): void => {
    if (this.#isHeard) return
    this.#isHeard = true
    const [name] = Object.keys(this.#described.versions)
    setImmediate(() => {
      const isKnown = [...this.#told.values()].some(({ how }) => how === 'channel')
      if (name === undefined || isKnown) return
      this.#tell({ name, version: undefined }, { state: 'attached', how: 'channel' })
    }).unref()
  }

  /** Some file of a package by that name was loaded: one that we know should be among those that follow. */
  readonly #saw = (found: Package): void => {
    const id = idOf(found)
    if (this.#seen.has(id)) return
    this.#seen.add(id)
    if (this.#described.versions[found.name] === undefined) return
    setImmediate(() => {
      if (this.#met.has(id)) return
      if (this.#publishes(found)) this.#report(found, 'channel')
      else if (this.#described.files === undefined && this.#described.modules === undefined) return
      else this.#tell(found, { state: 'degraded', detail: missing() })
    }).unref()
  }

  #tell(found: Package, news: State): void {
    const id = idOf(found)
    const before = this.#told.get(id)
    const how = news.how ?? before?.how
    // One file that is not as expected is worth telling, whatever becomes of the package's others.
    const state = { ...(before?.state === 'degraded' ? before : news), ...(how === undefined ? {} : { how }) }
    if (before?.state === state.state && before.how === state.how) return
    this.#told.set(id, state)
    const { name, version } = found
    const library = { library: name, ...(version === undefined ? {} : { version }) }
    this.#ledger.report({ name: this.#described.name, ...library, ...state })
  }
}

function idOf({ name, version }: Package): string {
  return `${name}@${version}`
}

function missing(): string {
  return seesModules()
    ? 'loaded, but without the files that are watched; not recorded'
    : `loaded, but its ES modules cannot be watched by Node.js ${process.versions.node} (needed: ${MODULE_HOOKS}); not recorded`
}
