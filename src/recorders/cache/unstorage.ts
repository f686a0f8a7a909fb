import type { CacheKind } from '../../measure/cache-layers.ts'
import type { Operation } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { HitOf, Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { override } from '../libraries/override.ts'
import { cacheOperation } from './layers.ts'

interface Driver {
  readonly name?: string
}
interface Storage extends Record<string, (...given: unknown[]) => unknown> {
  getMount: (key: unknown) => { readonly driver: Driver }
}
interface Exports {
  readonly createStorage: (...given: unknown[]) => Storage
}

/** Methods, and what their operation is called; their short names call these. */
const METHODS: Readonly<Record<string, string>> = {
  hasItem: 'has',
  getItem: 'get',
  getItemRaw: 'get',
  getItems: 'mget',
  setItem: 'set',
  setItemRaw: 'set',
  setItems: 'mset',
  removeItem: 'del',
}
const isThere: HitOf = (value) => value !== null && value !== undefined
const HITS: Readonly<Record<string, HitOf>> = {
  getItem: isThere,
  getItemRaw: isThere,
  getItems: (items) => Array.isArray(items) && items.every(({ value }) => isThere(value)),
}
const IN_MEMORY: ReadonlySet<unknown> = new Set(['memory', 'lru-cache'])

const UNSTORAGE: CacheKind = {
  library: 'unstorage',
  guess: ({ name }: Driver) => (IN_MEMORY.has(name) ? 'cache_l1' : 'cache_l2'),
  namesOf: ({ name }: Driver) => (name === undefined ? [] : [name]),
}

/**
 * Calls of storages of `unstorage`: `cache_l1` where the driver keeps it in memory, else `cache_l2`. What the driver's
 * own client does for them is a part of them.
 */
export function unstorage(): Recorder {
  return library({
    name: 'unstorage',
    versions: { unstorage: '>=1.10 <1.18' },
    files: { 'unstorage/dist/index.cjs': watch },
    modules: { 'unstorage/dist/index.mjs': { bindings: ['createStorage'], patch: watch } },
  })
}

function watch(exports: Exports, instrument: Instrument): void {
  instrument.replace(exports, 'createStorage', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const storage = original.apply(this, given) as Storage
      instrument.safely(() => {
        for (const method of Object.keys(METHODS)) watchMethod(storage, method, instrument)
      })
      return storage
    } as typeof original
  })
}

/** Not to be undone, which would keep every storage: once the recorder is off, calls are passed on. */
function watchMethod(storage: Storage, method: string, instrument: Instrument): void {
  override(storage, method, (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const timing = instrument.start(() => operationOf(storage, method, given[0], instrument), this, given)
      if (timing === undefined) return original.apply(this as never, given)
      const hitOf = HITS[method]
      const result = instrument.passInside(timing, original as never, this, given, hitOf)
      return instrument.settled(timing, result, hitOf)
    }
  })
}

function operationOf(
  storage: Storage,
  method: string,
  asked: unknown,
  { ledger }: Instrument,
): Operation | undefined {
  // Of several keys, the first stands for all.
  const first: unknown = Array.isArray(asked) ? asked[0] : asked
  const key = (first as { readonly key?: unknown } | undefined)?.key ?? first
  // What is no key is refused by the storage.
  const { driver } = storage.getMount(typeof key === 'string' ? key : '')
  return cacheOperation(ledger, ledger.layers.of(driver, UNSTORAGE), METHODS[method]!)
}
