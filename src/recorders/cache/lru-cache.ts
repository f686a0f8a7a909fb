import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import type { CacheKind } from '../../measure/cache-layers.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { cacheOperation, countStale } from './layers.ts'

const LRU: CacheKind = { library: 'lru-cache', guess: () => 'cache_l1', namesOf: () => [] }
const METRICS = 'lru-cache:metrics'
const FETCH = 'lru-cache'
/** Names as `trackCache` has them. */
const NAMES: Readonly<Record<string, string>> = { get: 'get', set: 'set', delete: 'del', memo: 'memo' }

/** What the cache says of one call. */
interface Status {
  readonly op?: string
  readonly cache?: object
  readonly get?: string
  readonly value?: unknown
  readonly memo?: string
  readonly fetch?: string
  /** Why an entry went. */
  readonly delete?: string
  readonly returnedStale?: boolean
}

interface Cache {
  readonly allowStale?: boolean
}

interface ReadOptions {
  readonly allowStale?: boolean
  readonly status?: Status
}

type Fetch = (this: Cache, key: unknown, options?: ReadOptions) => unknown

/** The CommonJS build for any platform, which publishes nothing. Who requires the package by a path gets it. */
const ANYWHERE = ['lru-cache/dist/commonjs/index.js', 'lru-cache/dist/commonjs/index.min.js'] as const

/** Stands for a cache that does not say which it is. */
const NONE = {}

/**
 * Calls of `lru-cache`, also those of libraries that keep one for themselves. They take some 20 ns, less than what we
 * can tell apart, so they count with a duration of 0; a `fetch` is timed. From 11.5 on the cache publishes itself.
 */
export function lruCache(): Recorder {
  return library({
    name: 'lru-cache',
    versions: { 'lru-cache': '>=11 <11.6' },
    files: { [ANYWHERE[0]]: watch, [ANYWHERE[1]]: watch },
    modules: { 'lru-cache/dist/esm/index.js': { bindings: ['LRUCache'], patch: watch } },
    channel: { since: { 'lru-cache': '>=11.5' }, silent: ANYWHERE, subscribe: listen },
  })
}

function listen(instrument: Instrument, heard: () => void): void {
  const { ledger } = instrument
  const count = counter(instrument)
  const told = (message: unknown): void => {
    instrument.safely(() => {
      heard()
      const { op = '', cache = NONE, value, memo, delete: why = 'delete', returnedStale } = message as Status
      if (op === 'delete' && why !== 'delete') return
      count(cache, op, op === 'memo' ? memo === 'hit' : op === 'get' ? value !== undefined : undefined)
      if (op === 'get' && returnedStale === true) countStale(ledger, ledger.layers.of(cache, LRU))
    })
  }
  subscribe(METRICS, told)
  instrument.undo(() => void unsubscribe(METRICS, told))
  const fetches = new WeakMap<object, Timing>()
  const fetched = {
    start: (status: Status) => {
      const timing = instrument.safely(() => begun(ledger, status.cache ?? NONE))
      if (timing !== undefined) fetches.set(status, timing)
    },
    error: (status: Status) => fetches.get(status)?.fail(),
    asyncStart: (status: Status) => {
      const timing = fetches.get(status)
      if (timing === undefined) return
      instrument.safely(() => look(ledger, status.cache ?? NONE, timing, status))
      timing.end()
    },
  }
  // To leave a trace out is allowed, whatever the types say.
  const channel = tracingChannel<unknown, Status>(FETCH) as {
    subscribe(to: object): void
    unsubscribe(to: object): void
  }
  channel.subscribe(fetched)
  instrument.undo(() => channel.unsubscribe(fetched))
}

function watch(
  { LRUCache }: { readonly LRUCache: { readonly prototype: object } },
  instrument: Instrument,
): void {
  const { ledger } = instrument
  const count = counter(instrument)
  const { prototype } = LRUCache
  // Some of a cache's methods call others of its own; functions of the application's, which they call too, ask other caches.
  let inside: Cache | undefined
  const fetching = new WeakSet<object>()
  for (const op of Object.keys(NAMES)) {
    instrument.replace(prototype, op, (original) => {
      return function (this: Cache, ...given: unknown[]): unknown {
        // What a fetch has brought is put there with the status of the fetch.
        const put = (given[2] as { readonly status?: Status } | undefined)?.status
        if (inside === this || (put !== undefined && fetching.has(put))) return original.apply(this, given)
        const status = op === 'get' ? instrument.safely(() => askStatus(this, given)) : undefined
        const outer = inside
        inside = this
        try {
          const value = original.apply(this, given)
          instrument.safely(() => {
            count(this, op, op === 'get' ? value !== undefined : undefined)
            if (status?.returnedStale === true) countStale(ledger, ledger.layers.of(this, LRU))
          })
          return value
        } finally {
          inside = outer
        }
      } as typeof original
    })
  }
  instrument.replace(prototype, 'fetch', (original) => {
    return function (this: Cache, key: unknown, options: ReadOptions = {}): unknown {
      const timing = instrument.safely(() => begun(ledger, this))
      if (timing === undefined) return original.call(this, key, options)
      const status = options.status ?? {}
      fetching.add(status)
      const outer = inside
      inside = this
      try {
        const value = instrument.pass(timing, original, this, [key, { ...options, status }])
        instrument.safely(() => look(ledger, this, timing, status))
        return instrument.settled(timing, value)
      } finally {
        inside = outer
      }
    } satisfies Fetch as never
  })
}

/** A cache tells that a value had expired only to whom asks; most never give such a value. */
function askStatus(cache: Cache, given: unknown[]): Status | undefined {
  const options = given[1] as ReadOptions | undefined
  if ((options?.allowStale ?? cache.allowStale) !== true) return undefined
  const status = options?.status ?? {}
  given[1] = { ...options, status }
  return status
}

function counter(instrument: Instrument): (cache: object, op: string, hit: boolean | undefined) => void {
  const { ledger } = instrument
  return (cache, op, hit) => {
    const name = NAMES[op]
    if (name === undefined) return
    cacheOperation(ledger, ledger.layers.of(cache, LRU), name)?.record(0, false, hit)
  }
}

function begun(ledger: Ledger, cache: object): Timing | undefined {
  return cacheOperation(ledger, ledger.layers.of(cache, LRU), 'fetch')?.start()
}

/** What came of a fetch: a stale value that was given at once is one that the caller did not wait for. */
function look(ledger: Ledger, cache: object, timing: Timing, { fetch, get, returnedStale }: Status): void {
  const stale = returnedStale === true
  timing.setHit(fetch === 'hit' || stale || (fetch === 'get' && get === 'hit'))
  if (stale) countStale(ledger, ledger.layers.of(cache, LRU))
}
