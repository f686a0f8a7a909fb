import type {
  Batch,
  Presence,
  Span,
  Store,
  StoredEvent,
  StoredFlush,
  StoredSpan,
  WantedEvents,
} from '../../src/engine/store.ts'
import { onGrid, placeOf } from '../../src/measure/bucket.ts'
import { Counts } from '../../src/measure/counts.ts'
import { Levels } from '../../src/measure/levels.ts'
import { type Slice, seriesId } from '../../src/measure/slice.ts'

/** What the operations of a made-up slice were. */
export interface Operations {
  readonly okMs?: readonly number[]
  readonly failedMs?: readonly number[]
  readonly hits?: number
  readonly misses?: number
  readonly limitsMs?: readonly number[]
  readonly breakdown?: Readonly<Record<string, { readonly calls: number; readonly wallMs: number }>>
  readonly ownMs?: number
  readonly levels?: readonly (readonly [level: number, completed: number, timeMs: number])[]
}

/** Counts as recording these operations would have made them. */
export function countsOf(operations: Operations): Counts {
  const counts = new Counts()
  const okMs = (operations.okMs ?? []).map(onGrid)
  const failedMs = (operations.failedMs ?? []).map(onGrid)
  counts.ok = okMs.length
  counts.failed = failedMs.length
  counts.hits = operations.hits ?? 0
  counts.misses = operations.misses ?? 0
  for (const durationMs of [...okMs, ...failedMs]) {
    counts.sumMs += durationMs
    counts.minMs = Math.min(counts.minMs, durationMs)
    counts.maxMs = Math.max(counts.maxMs, durationMs)
    counts.histogram.add(placeOf(durationMs), 1)
  }
  for (const limitMs of operations.limitsMs ?? []) {
    const good = okMs.filter((durationMs) => durationMs < limitMs).length
    counts.goods.push({ limitMs, good, covered: okMs.length })
  }
  if (operations.breakdown !== undefined) {
    counts.ownMs = onGrid(operations.ownMs ?? 0)
    counts.breakdown = new Map(
      Object.entries(operations.breakdown).map(([component, { calls, wallMs }]) => [
        component,
        { calls, wallMs: onGrid(wallMs) },
      ]),
    )
  }
  if (operations.levels !== undefined) {
    counts.levels = levelsOf(
      operations.levels.map(([level, completed, ms]) => [level, completed, onGrid(ms)]),
    )
  }
  return counts
}

/** A slice of a database query, or of what `key` says. */
export function sliceOf(operations: Operations, key: Partial<Slice> = {}): Slice {
  return { component: 'database', name: 'user_lookup', nested: false, ...key, counts: countsOf(operations) }
}

export function levelsOf(
  entries: readonly (readonly [level: number, completed: number, timeMs: number])[],
): Levels {
  const levels = new Levels()
  for (const [level, completed, timeMs] of entries) levels.add(level, completed, timeMs)
  return levels
}

/** An instance that is there and has nothing to do, or what `parts` says. */
export function presenceOf(parts: Partial<Presence> = {}): Presence {
  return {
    host: 'shop-1',
    pid: 4711,
    node: 'v24.0.0',
    version: '0.1.0',
    startedMs: Date.UTC(2026, 0, 15, 11),
    inFlight: 0,
    users: { places: new Uint16Array(), ranks: new Uint8Array() },
    levels: new Levels(),
    examples: [],
    ...parts,
  }
}

/** An event of the kind `n`: one each for different data. */
export function eventOf(atMs: number, data: unknown, parts: Partial<StoredEvent> = {}): StoredEvent {
  return { id: `${atMs} ${JSON.stringify(data)}`, atMs, kind: 'n', data, ...parts }
}

/** A batch of the service `shop` that ends at `toMs` and took a second, or what `parts` says. */
export function batchOf(toMs: number, parts: Partial<Batch> = {}): Batch {
  return {
    service: 'shop',
    instance: 'one',
    flush: 1,
    fromMs: toMs - 1_000,
    toMs,
    slices: [sliceOf({ okMs: [12.5] })],
    events: [],
    presence: presenceOf(),
    ...parts,
  }
}

/** Everything that counts hold, in an order of its own: two that differ in nothing give the same. */
export function plain(counts: Counts): unknown {
  const { ok, failed, hits, misses, sumMs, minMs, maxMs, ownMs } = counts
  const levels = counts.levels && {
    completed: [...counts.levels.completed],
    timeMs: [...counts.levels.timeMs],
  }
  return {
    ...{ ok, failed, hits, misses, sumMs, minMs, maxMs, ownMs, levels },
    buckets: [...counts.histogram.entries()],
    goods: counts.goods.map((good) => ({ ...good })).sort((a, b) => a.limitMs - b.limitMs),
    breakdown:
      counts.breakdown && Object.fromEntries([...counts.breakdown].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** The sums by series of some slices, as plain data. */
export function sumsOf(slices: Iterable<Slice>): Readonly<Record<string, unknown>> {
  const sums = new Map<string, Counts>()
  for (const slice of slices) {
    const id = seriesId(slice)
    const sum = sums.get(id) ?? new Counts()
    sum.add(slice.counts)
    sums.set(id, sum)
  }
  return Object.fromEntries(
    [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, sum]) => [id, plain(sum)]),
  )
}

export const EVER: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

export async function spansIn(
  store: Store,
  service = 'shop',
  span: Span = EVER,
): Promise<readonly StoredSpan[]> {
  return all(store.slices(service, span))
}

export async function sumsIn(store: Store, service = 'shop', span: Span = EVER): Promise<unknown> {
  return sumsOf((await spansIn(store, service, span)).flatMap((stored) => stored.slices))
}

export async function eventsIn(
  store: Store,
  service = 'shop',
  span: Span = EVER,
  wanted?: WantedEvents,
): Promise<readonly StoredEvent[]> {
  return all(store.events(service, span, wanted))
}

/** What is new of a service, from a second of 1970 on unless `sinceMs` says otherwise. */
export async function flushesIn(
  store: Store,
  known: Readonly<Record<string, number>> = {},
  { service = 'shop', sinceMs = 1_000 }: { readonly service?: string; readonly sinceMs?: number } = {},
): Promise<readonly StoredFlush[]> {
  return all(store.flushes(service, { known: new Map(Object.entries(known)), sinceMs }))
}

/** Figures of a presence as plain data. */
export function plainPresence({ users, levels, ...rest }: Presence): unknown {
  return {
    ...rest,
    users: [[...users.places], [...users.ranks]],
    levels: [[...levels.completed], [...levels.timeMs]],
  }
}
