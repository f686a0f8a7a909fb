import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Detach } from '../../measure/recorder.ts'
import { inRange } from './version-range.ts'

/** Synchronous hooks have their bugs before these (those that other agents were told of). */
export const MODULE_HOOKS = '>=22.22.3 <23 || >=24.11.1 <25 || >=25.2 <26 || >=26'
/** Where the line that is added to an ES module finds us: a module can reach nothing else that we could give it. */
const MET: unique symbol = Symbol.for('yardstick.module') as never

type Tell = (filename: string, bindings: unknown) => void

interface Loaded {
  readonly format?: string | null | undefined
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined
}

type Load = (url: string, context: unknown, next: (url: string, context: unknown) => Loaded) => Loaded

/** Who is interested in ES modules and built-in ones. None of these may throw. */
export interface ModuleWatch {
  readonly bindingsOf: (filename: string) => readonly string[]
  readonly ran: Tell
  /** A built-in module is being loaded. */
  readonly builtin: (name: string) => void
}

/** Whether this Node.js lets us see ES modules being loaded. */
export function seesModules(): boolean {
  return 'registerHooks' in nodeModule && inRange(process.versions.node, MODULE_HOOKS)
}

/**
 * Appends one line to the ES modules that somebody waits for: it hands over the module's own bindings, which may be
 * replaced there (a function or a class, not a `const`). Its lines stay where they are in stack traces.
 */
export function watchModules(watch: ModuleWatch): Detach {
  if (!seesModules()) return () => {}
  const { registerHooks } = nodeModule as unknown as {
    registerHooks(hooks: { readonly load: Load }): { deregister(): void }
  }
  const hooks = registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      if (url.startsWith('node:')) watch.builtin(url)
      // A query marks what another agent has made of the module.
      if (loaded.format !== 'module' || !url.startsWith('file:') || url.includes('?')) return loaded
      const tail = tailOf(url, watch)
      return tail === undefined ? loaded : { ...loaded, source: appended(loaded.source, tail) }
    },
  })
  return () => hooks.deregister()
}

function tailOf(url: string, { bindingsOf, ran }: ModuleWatch): string | undefined {
  if (!url.includes('/node_modules/')) return undefined
  const filename = fileURLToPath(url)
  const bindings = bindingsOf(filename)
  if (bindings.length === 0) return undefined
  const global = globalThis as { [MET]?: Tell }
  if (global[MET] === undefined) {
    Object.defineProperty(global, MET, { value: ran, configurable: true, writable: true })
  }
  const accessors = bindings.map((name) => `get ${name}(){return ${name}},set ${name}(to){${name}=to}`)
  const met = `globalThis[Symbol.for('yardstick.module')]`
  return `\n;${met}?.(${JSON.stringify(filename)},{${accessors.join()}});`
}

function appended(source: Loaded['source'], tail: string): Loaded['source'] {
  if (typeof source === 'string') return source + tail
  if (source === null || source === undefined) return source
  const bytes = ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source)
  return Buffer.concat([bytes, Buffer.from(tail)])
}
