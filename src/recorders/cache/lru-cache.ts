import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import type { Ledger } from '../../measure/ledger.ts'
import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../instrument.ts'
import { library } from '../library.ts'
import { LAYERS } from './layers.ts'

const CACHE = 'cache_l1'
const METRICS = 'lru-cache:metrics'
const FETCH = 'lru-cache'
/** Names as `trackCache` has them. */
const NAMES: Readonly<Record<string, string>> = { get: 'get', set: 'set', delete: 'del', memo: 'memo' }

/** What the cache says of one call. */
interface Status {
  readonly op?: string
  readonly get?: string
  readonly value?: unknown
  readonly memo?: string
  readonly fetch?: string
  /** Why an entry went. */
  readonly delete?: string
  readonly returnedStale?: boolean
}

type Fetch = (this: unknown, key: unknown, options?: { readonly status?: Status }) => unknown

/**
 * Calls of `lru-cache`, also those of libraries that keep one for themselves. They take some 20 ns, less than what we
 * can tell apart, so they count with a duration of 0; a `fetch` is timed. From 11.5 on the cache publishes itself.
 */
export function lruCache(): Recorder {
  return library({
    name: 'lru-cache',
    versions: { 'lru-cache': '>=11 <11.6' },
    files: { 'lru-cache/dist/commonjs/index.js': watch, 'lru-cache/dist/commonjs/index.min.js': watch },
    modules: { 'lru-cache/dist/esm/index.js': { bindings: ['LRUCache'], patch: watch } },
    channel: { since: { 'lru-cache': '>=11.5' }, subscribe: listen },
  })
}

function listen(instrument: Instrument): void {
  const count = counter(instrument)
  const told = (message: unknown): void => {
    instrument.safely(() => {
      const { op = '', value, memo, delete: why = 'delete' } = message as Status
      if (op === 'delete' && why !== 'delete') return
      count(op, op === 'memo' ? memo === 'hit' : op === 'get' ? value !== undefined : undefined)
    })
  }
  subscribe(METRICS, told)
  instrument.undo(() => void unsubscribe(METRICS, told))
  const fetches = new WeakMap<object, Timing>()
  const fetched = {
    start: (status: Status) => {
      const timing = instrument.safely(() => begun(instrument.ledger))
      if (timing !== undefined) fetches.set(status, timing)
    },
    error: (status: Status) => fetches.get(status)?.fail(),
    asyncStart: (status: Status) => ended(fetches.get(status), status),
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
  const count = counter(instrument)
  const { prototype } = LRUCache
  // Some of its methods call others.
  let inside = false
  const fetching = new WeakSet<object>()
  for (const op of Object.keys(NAMES)) {
    instrument.replace(prototype, op, (original) => {
      return function (this: unknown, ...given: unknown[]): unknown {
        // What a fetch has brought is put there with the status of the fetch.
        const status = (given[2] as { readonly status?: Status } | undefined)?.status
        if (inside || (status !== undefined && fetching.has(status))) return original.apply(this, given)
        inside = true
        try {
          const value = original.apply(this, given)
          instrument.safely(() => count(op, op === 'get' ? value !== undefined : undefined))
          return value
        } finally {
          inside = false
        }
      } as typeof original
    })
  }
  instrument.replace(prototype, 'fetch', (original) => {
    return function (this: unknown, key: unknown, options: { readonly status?: Status } = {}): unknown {
      const timing = instrument.safely(() => begun(instrument.ledger))
      if (timing === undefined) return original.call(this, key, options)
      const status = options.status ?? {}
      fetching.add(status)
      const outer = inside
      inside = true
      try {
        const value = instrument.pass(timing, original, this, [key, { ...options, status }])
        timing.setHit(fetchHit(status))
        return instrument.settled(timing, value)
      } finally {
        inside = outer
      }
    } satisfies Fetch as never
  })
}

function counter(instrument: Instrument): (op: string, hit: boolean | undefined) => void {
  const { ledger } = instrument
  return (op, hit) => {
    const name = NAMES[op]
    if (name !== undefined && !ledger.tracks(LAYERS)) ledger.leaf(CACHE, name).record(0, false, hit)
  }
}

function begun(ledger: Ledger): Timing | undefined {
  return ledger.tracks(LAYERS) ? undefined : ledger.leaf(CACHE, 'fetch').start()
}

function ended(timing: Timing | undefined, status: Status): void {
  if (timing === undefined) return
  timing.setHit(fetchHit(status))
  timing.end()
}

/** A stale value that was given at once is one that the caller did not wait for. */
function fetchHit({ fetch, get, returnedStale }: Status): boolean {
  return fetch === 'hit' || returnedStale === true || (fetch === 'get' && get === 'hit')
}
