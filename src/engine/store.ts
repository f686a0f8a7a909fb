import type { Slice } from '../measure/slice.ts'

/** What one instance counted between two readings. Saved once: (instance, flush) is its identity. */
export interface Batch {
  readonly service: string
  readonly instance: string
  readonly flush: number
  readonly fromMs: number
  readonly toMs: number
  readonly slices: readonly Slice[]
  readonly events: readonly StoredEvent[]
}

/** Something that happened once: a grade of the minute, later an alert's transition, a change, a silence. */
export interface StoredEvent {
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

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Where slices and events are kept. Called from the engine's thread only; a slow or failing store never reaches the
 * application (the engine queues, retries, and counts what it had to drop).
 */
export interface Store {
  readonly name: string
  /** Saves a batch; saving the same (instance, flush) again changes nothing. */
  save(batch: Batch): Promise<void>
  /**
   * Spans of one service in `span`, oldest first, without overlap, each as fine as it is still held. What was saved
   * belongs to the slot (start, end] of its tier in which it ended; it is given when that slot starts at or after
   * `fromMs` and it ended by `toMs`.
   */
  slices(service: string, span: Span): AsyncIterable<StoredSpan>
  events(service: string, span: Span): AsyncIterable<StoredEvent>
  /**
   * Takes or renews the lease of this name for `ms`. The fencing token (it grows with each new holder), or
   * `undefined` while somebody else holds it.
   */
  lease(name: string, ms: number): Promise<bigint | undefined>
  /** Deletes what ended before. */
  trim(beforeMs: number): Promise<void>
  close(): Promise<void>
}
