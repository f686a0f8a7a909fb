import type { Levels } from '../measure/levels.ts'
import type { PackedSlice, Slice } from '../measure/slice.ts'
import type { Example } from '../measure/slow-request.ts'
import type { SparseUsers } from '../measure/users.ts'
import type { ProcessReading } from './runtime/process-meter.ts'

/** Who saved a batch, and what only it knew at that moment. */
export interface Presence {
  readonly host: string
  readonly pid: number
  /** Its version of Node.js. */
  readonly node: string
  /** Its version of Yardstick. */
  readonly version: string
  readonly startedMs: number
  /** Requests started and not finished when the batch ended. */
  readonly inFlight: number
  /** Registers of the users seen since the last batch, united; empty places left out. */
  readonly users: SparseUsers
  /** Time and completions at each number in flight since the last batch. */
  readonly levels: Levels
  /** Slow requests that were told since the last batch. */
  readonly examples: readonly Example[]
  /** How the process was; absent where that is not measured. */
  readonly runtime?: ProcessReading
}

/** What one instance counted between two readings. Saved once: (service, instance, flush) is its identity. */
export interface Batch {
  readonly service: string
  readonly instance: string
  readonly flush: number
  readonly fromMs: number
  readonly toMs: number
  readonly slices: readonly Slice[]
  readonly events: readonly StoredEvent[]
  readonly presence: Presence
}

/** Something that happened once: a grade of the minute, an alert's transition, a change, a silence. */
export interface StoredEvent {
  /** Its own within the service: saving an event with an id that is there already changes nothing. */
  readonly id: string
  readonly atMs: number
  readonly kind: string
  /** Plain data (JSON). */
  readonly data: unknown
}

/** A stored span and what was counted in it: never finer than saved, possibly coarser (compacted). */
export interface StoredSpan {
  readonly fromMs: number
  readonly toMs: number
  readonly slices: readonly Slice[]
}

/** A batch as another process reads it. */
export interface StoredFlush {
  readonly instance: string
  readonly flush: number
  readonly fromMs: number
  readonly toMs: number
  /** Still packed: the holder adds those of all instances up, which needs no unpacking. */
  readonly slices: readonly PackedSlice[]
  readonly presence: Presence
}

/** What a lease-holder shows to the other instances. */
export interface PublishedSnapshot {
  readonly atMs: number
  /** The fencing token of the lease under which it was made. */
  readonly token: bigint
  readonly bytes: Uint8Array
}

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** What is held of one tier: from the start of the oldest to the end of the newest. */
export interface Held {
  /** Width of its spans; of the finest, which are flushes as they were saved, 1 s. */
  readonly tierMs: number
  readonly fromMs: number
  readonly toMs: number
}

/** What a reader of flushes has taken so far: see `Store.flushes`. */
export interface Taken {
  /** The last number that was taken, by instance. */
  readonly known: ReadonlyMap<string, number>
  /** Of instances that are not known, what came in before is not asked for. */
  readonly sinceMs: number
}

/** Which events of a span are asked for. */
export interface WantedEvents {
  /** Ids of those that the caller has: they are left out. Default: none. */
  readonly known?: ReadonlySet<string>
  /** What kinds. Default: all; most are grades, one a minute for as long as events are kept. */
  readonly kinds?: readonly string[]
}

/**
 * Where slices and events are kept. Called from the engine's thread only; a slow or failing store never reaches the
 * application (the engine queues, retries, and counts what it had to drop).
 *
 * Each service has a *fence*: the largest token that `publish` or `append` was given for it. What comes with a
 * smaller one is a former holder's, that was paused and does not know it yet, and changes nothing.
 */
export interface Store {
  readonly name: string
  /** Whether other processes save here too. Then one of them, the lease-holder, merges what all saved. */
  readonly shared: boolean
  /** How often an instance should save. */
  readonly flushMs: number
  /** Saves a batch; saving the same (service, instance, flush) again changes nothing. */
  save(batch: Batch): Promise<void>
  /**
   * Spans of one service in `span`, oldest first, without overlap, each as fine as it is still held. What was saved
   * belongs to the slot (start, end] of its tier in which it ended; it is given when that slot starts at or after
   * `fromMs` and it ended by `toMs`.
   *
   * @param taken leaves out the flushes that `flushes` would give who has taken so much: who reads on there gets each
   * operation once, however late it comes in. Default: nothing is left out
   */
  slices(service: string, span: Span, taken?: Taken): AsyncIterable<StoredSpan>
  /** Events of one service with `fromMs` < `atMs` ≤ `toMs`, oldest first, those of one instant as they came in. */
  events(service: string, span: Span, wanted?: WantedEvents): AsyncIterable<StoredEvent>
  /**
   * Flushes of a service that the caller has not taken yet: of an instance in `known`, those after that number,
   * whenever they came in; of other instances, those that came in since about `sinceMs`, by the store's own clock
   * where it has one. Per instance in order of their numbers, of which some may be missing. What an instance
   * saved out of order, or was folded meanwhile, is not given again; nothing is folded within a minute of its coming
   * in, however old it is. A flush that commits late is never lost: a store
   * whose rows become visible out of order looks back far enough.
   */
  flushes(service: string, taken: Taken): AsyncIterable<StoredFlush>
  /**
   * What stays the same as long as nothing is added that `events`, or of other instances `flushes`, would give; to ask for it
   * is cheaper, which pays where there is one instance. `undefined` where it would not be.
   */
  revision(): Promise<string | undefined>
  /**
   * Takes or renews the lease of this name for `ms`. The fencing token (it grows with each new holder), or
   * `undefined` while somebody else holds it.
   */
  lease(name: string, ms: number): Promise<bigint | undefined>
  /** Gives the lease back at once, so that a successor need not wait. Nothing when somebody else holds it. */
  release(name: string): Promise<void>
  /** Replaces what the service's other instances read. `false` when the token is behind the fence. */
  publish(service: string, snapshot: PublishedSnapshot): Promise<boolean>
  /** What was published last; `undefined` when nothing ever was. */
  published(service: string): Promise<PublishedSnapshot | undefined>
  /** Asks the holder to publish until `untilMs`; the latest of all that was asked counts. */
  ask(service: string, untilMs: number): Promise<void>
  /** Until when somebody wants to read; 0 when nobody ever asked. */
  asked(service: string): Promise<number>
  /**
   * Saves events at once, outside of a batch: all or none. Those whose id is there already change nothing. `false`,
   * and nothing is saved, when the token is behind the fence; without one anybody may append.
   */
  append(service: string, events: readonly StoredEvent[], token?: bigint): Promise<boolean>
  /**
   * Claims something once per fleet, such as the sending of a notice: `true` for the first who asks, `false` ever after,
   * as long as events are kept.
   *
   * @param atMs when it happened: what decides how long the claim is kept
   */
  claim(service: string, key: string, atMs: number): Promise<boolean>
  /** What is held of a service, the finest tier first; of a tier that is empty nothing. */
  held(service: string): Promise<readonly Held[]>
  /** Deletes what ended before. */
  trim(beforeMs: number): Promise<void>
  close(): Promise<void>
}
