import { createRequire, Module } from 'node:module'
import type { Detach } from '../../measure/recorder.ts'
import { watchModules } from './module-tail.ts'
import { override } from './override.ts'
import { folderName, type Package, packageFile, packageIn } from './package-of.ts'

/** What is to be done once a file of a library has run; its source is never touched. */
export interface FileWatch {
  /** The package's name in its package.json; `node` for a built-in module. */
  readonly library: string
  /** The file's path within the package, or the name of a built-in module: `node:sqlite`. */
  readonly path: string
  /** For an ES module: which of its own bindings are looked at or replaced. Absent for CommonJS and built-ins. */
  readonly bindings?: readonly string[]
  /** Must not throw. `exports` are the module's; of an ES module an object with the bindings. */
  readonly ran: (exports: unknown, found: Package) => void
}

/** Told of every package whose folder has the library's name, whichever of its files is loaded. */
export interface FolderWatch {
  readonly library: string
  readonly seen: (found: Package) => void
}

/** What is waited for. */
export interface Watched {
  readonly files: readonly FileWatch[]
  readonly folders: readonly FolderWatch[]
}

interface Compiled {
  readonly exports: unknown
  _compile(content: string, filename: string, ...rest: unknown[]): unknown
}

// `Module.prototype` is one for the whole thread: so there is one override of it for all recorders, and here is what
// it looks up. A file that nobody waits for costs two look-ups.
const files = new Map<string, FileWatch[]>()
const folders = new Map<string, FolderWatch[]>()
/** ES modules that have run, by file: unlike CommonJS ones they are in no cache that could be asked. */
const modules = new Map<string, unknown>()
/** What has been required. */
const { cache: required } = createRequire(import.meta.url)
let unhook: Detach | undefined

/** Watches files that are loaded from now on, and those that were loaded before. */
export function watchLoading(watched: Watched): Detach {
  for (const each of watched.files) files.set(each.path, [...(files.get(each.path) ?? []), each])
  for (const each of watched.folders) folders.set(each.library, [...(folders.get(each.library) ?? []), each])
  for (const known of Object.values(required)) {
    // To read a package.json is not to load the package.
    if (known?.loaded !== true || known.filename.endsWith('.json')) continue
    ran(known.filename, known.exports, watched.files)
  }
  for (const [filename, bindings] of modules) ranModule(filename, bindings, watched.files)
  for (const { path, ran } of watched.files) if (wasLoaded(path)) ran(builtin(path), node)
  unhook ??= hook()
  return () => {
    for (const each of watched.files) remove(files, each.path, each)
    for (const each of watched.folders) remove(folders, each.library, each)
    if (files.size > 0 || folders.size > 0) return
    unhook?.()
    unhook = undefined
  }
}

function hook(): Detach {
  const compile = override(Module.prototype as unknown as Compiled, '_compile', (original) => {
    return function _compile(this: Compiled, content: string, filename: string, ...rest: unknown[]): unknown {
      const result = original.call(this, content, filename, ...rest)
      ran(filename, this.exports)
      return result
    }
  })
  const unwatch = watchModules({ bindingsOf, ran: ranModule, builtin: ranBuiltin })
  return () => {
    compile()
    unwatch()
  }
}

function ran(filename: string, exports: unknown, among?: readonly FileWatch[]): void {
  const file = packageFile(filename)
  if (file === undefined) return
  see(file.folder)
  for (const watch of files.get(file.path) ?? []) {
    if (watch.bindings !== undefined || among?.includes(watch) === false) continue
    const found = packageIn(file.folder)
    if (found.name === watch.library) watch.ran(exports, found)
  }
}

function see(folder: string): void {
  for (const { seen } of folders.get(folderName(folder)) ?? []) seen(packageIn(folder))
}

/** The bindings of an ES module that somebody waits for. */
function bindingsOf(filename: string): readonly string[] {
  const file = packageFile(filename)
  if (file === undefined) return []
  see(file.folder)
  return waiting(filename).flatMap(({ bindings = [] }) => bindings)
}

function ranModule(filename: string, bindings: unknown, among?: readonly FileWatch[]): void {
  modules.set(filename, bindings)
  for (const watch of waiting(filename)) {
    if (among?.includes(watch) !== false) watch.ran(bindings, packageIn(packageFile(filename)!.folder))
  }
}

function waiting(filename: string): readonly FileWatch[] {
  const file = packageFile(filename)
  const known = file === undefined ? undefined : files.get(file.path)
  if (file === undefined || known === undefined) return []
  const { name } = packageIn(file.folder)
  return known.filter(({ bindings, library }) => bindings !== undefined && library === name)
}

const node: Package = { name: 'node', version: process.versions.node }

function ranBuiltin(name: string): void {
  const known = files.get(name)
  if (known === undefined) return
  for (const { ran } of known) ran(builtin(name), node)
}

/** Only for a module that is being loaded in any case: to load one is not ours to decide. */
function builtin(name: string): unknown {
  return process.getBuiltinModule(name)
}

function wasLoaded(name: string): boolean {
  if (!name.startsWith('node:')) return false
  const { moduleLoadList = [] } = process as { readonly moduleLoadList?: readonly string[] }
  return moduleLoadList.includes(`NativeModule ${name.slice(5)}`)
}

function remove<T>(from: Map<string, T[]>, key: string, gone: T): void {
  const left = from.get(key)?.filter((each) => each !== gone) ?? []
  if (left.length === 0) from.delete(key)
  else from.set(key, left)
}
