import type { Operation } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { HitOf, Instrument } from '../instrument.ts'
import { library } from '../library.ts'
import { LAYERS } from './layers.ts'

interface Keyv {
  readonly store?: unknown
  /** Where 5.0 has it. */
  readonly opts?: { readonly store?: unknown }
}

type Exports =
  | { readonly Keyv: { readonly prototype: object } }
  /** What 5.0 exports is the class itself. */
  | { readonly prototype: object }

/** Methods, and what their operation is called. */
const METHODS: Readonly<Record<string, string>> = {
  get: 'get',
  getMany: 'mget',
  set: 'set',
  setMany: 'mset',
  delete: 'del',
  deleteMany: 'del',
}
/** Stores in this process' memory, besides a `Map`. */
const IN_MEMORY: ReadonlySet<unknown> = new Set(['KeyvMemoryAdapter', 'KeyvCacheableMemory'])
const HITS: Readonly<Record<string, HitOf>> = {
  get: (value) => value !== undefined && value !== null,
  getMany: (values) =>
    Array.isArray(values) && values.every((value) => value !== undefined && value !== null),
}

/**
 * Calls of `keyv`, and of `cache-manager`, which is built on it: `cache_l1` where the store is in memory, else `cache_l2`.
 * What the store's own client does for them is a part of them. An error of the store is a miss: that is what it is to
 * the application, too.
 */
export function keyv(): Recorder {
  return library({
    name: 'keyv',
    versions: { keyv: '>=5 <6.2' },
    files: { 'keyv/dist/index.cjs': watch, 'keyv/dist/cjs/index.js': watch },
    modules: {
      'keyv/dist/index.mjs': { bindings: ['Keyv'], patch: watch },
      'keyv/dist/index.js': { bindings: ['Keyv'], patch: watch },
    },
  })
}

function watch(exports: Exports, instrument: Instrument): void {
  const prototype = ('Keyv' in exports ? exports.Keyv : exports).prototype as Record<string, unknown>
  const layers = new WeakMap<Keyv, string>()
  const layerOf = (cache: Keyv): string => {
    const known = layers.get(cache)
    if (known !== undefined) return known
    const layer = isInMemory(cache.store ?? cache.opts?.store) ? 'cache_l1' : 'cache_l2'
    layers.set(cache, layer)
    return layer
  }
  for (const [method, name] of Object.entries(METHODS)) {
    // Not all versions have those of several keys.
    if (prototype[method] === undefined) continue
    const operationOf = (cache: Keyv, [key]: readonly unknown[]): Operation | undefined => {
      // Passed on to the method for several keys, where there is one.
      if (Array.isArray(key) && prototype[`${method}Many`] !== undefined) return undefined
      if (instrument.ledger.tracks(LAYERS)) return undefined
      return instrument.ledger.operation(layerOf(cache), name)
    }
    const hitOf = HITS[method]
    instrument.time<Keyv>(prototype, method, operationOf, hitOf === undefined ? {} : { hitOf })
  }
}

function isInMemory(store: unknown): boolean {
  return store instanceof Map || IN_MEMORY.has((store as object | undefined)?.constructor.name)
}
