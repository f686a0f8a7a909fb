import type { CacheKind } from '../../measure/cache-layers.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { HitOf, Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { cacheOperation } from './layers.ts'

interface Keyv {
  readonly store?: unknown
  readonly namespace?: unknown
  /** Where 5.0 has them. */
  readonly opts?: { readonly store?: unknown; readonly namespace?: unknown }
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
  const { ledger } = instrument
  for (const [method, name] of Object.entries(METHODS)) {
    // Not all versions have those of several keys.
    if (prototype[method] === undefined) continue
    const hitOf = HITS[method]
    instrument.replace(prototype, method, (original) => {
      return function (this: Keyv, ...given: unknown[]): unknown {
        // Passed on to the method for several keys, where there is one.
        if (Array.isArray(given[0]) && prototype[`${method}Many`] !== undefined)
          return original.apply(this, given)
        const operationOf = () => cacheOperation(ledger, ledger.layers.of(this, KEYV), name)
        const timing = instrument.start(operationOf, this, given)
        if (timing === undefined) return original.apply(this, given)
        const result = instrument.passInside(timing, original, this, given, hitOf)
        return instrument.settled(timing, result, hitOf)
      } as typeof original
    })
  }
}

const KEYV: CacheKind = {
  library: 'keyv',
  guess: ({ store, opts }: Keyv) => (isInMemory(store ?? opts?.store) ? 'cache_l1' : 'cache_l2'),
  namesOf: ({ namespace, opts }: Keyv) =>
    [namespace ?? opts?.namespace].filter((name) => typeof name === 'string'),
}

function isInMemory(store: unknown): boolean {
  return store instanceof Map || IN_MEMORY.has((store as object | undefined)?.constructor.name)
}
