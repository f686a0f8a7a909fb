import type { Timing } from '../measure/operation.ts'

export interface UserOptions {
  /** Counts as a distinct user (hashed at once; never kept or shown). What is no text or number is ignored. */
  readonly userId?: string | number
}

export interface DatabaseOptions {
  /** SQL, of which only a summary such as `SELECT users` is kept, or a name without white space. */
  readonly query: string
  /** The table, where the query is only a name. */
  readonly table?: string
}

export type CacheLayer = 'L1' | 'L2' | 'L3'
export type CacheOperation = 'get' | 'set' | 'del'

export interface CacheOptions {
  /** For your own reading of the code: keys are never kept or shown. */
  readonly key?: string
}

export interface RecordOptions {
  readonly failed?: boolean
  /** For a cache read: whether it was a hit. */
  readonly hit?: boolean
}

/** With a function it is run and timed; without one, the handle that comes back ends the operation. */
export interface TrackUser {
  <T>(name: string, options: UserOptions, fn: () => T): T
  (name: string, options: UserOptions): Timing
}

export interface TrackDatabase {
  <T>(options: DatabaseOptions, fn: () => T): T
  (options: DatabaseOptions): Timing
}

export interface TrackCache {
  <T>(layer: CacheLayer, op: CacheOperation, options: CacheOptions, fn: (read: Timing) => T): T
  (layer: CacheLayer, op: CacheOperation, options: CacheOptions): Timing
}
