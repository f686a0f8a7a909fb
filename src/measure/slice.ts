import type { Counts } from './counts.ts'

/** A slice's series. `nested` marks the part of a primitive that ran inside an operation of its own component. */
export interface SeriesKey {
  readonly component: string
  readonly name: string
  readonly nested: boolean
}

/** What one series counted between two readings: the difference that everything downstream is made of. */
export interface Slice extends SeriesKey {
  readonly counts: Counts
}

/** A slice whose counts are still packed: adding it to a sum needs no unpacking. */
export interface PackedSlice extends SeriesKey {
  readonly packed: Uint8Array
}

/** One string per series, different for different series whatever their names hold. */
export function seriesId(key: SeriesKey): string {
  return `${key.component.length}:${key.component}${key.nested ? '+' : ':'}${key.name}`
}
