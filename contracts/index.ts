// The subpath `yardstick/contracts`: what a store of your own needs, and the tests that it has to pass. They run under
// `node --test` and need fast-check.
export type {
  Batch,
  Presence,
  PublishedSnapshot,
  Span,
  Store,
  StoredEvent,
  StoredFlush,
  StoredSpan,
  WantedEvents,
} from '../src/engine/store.ts'
export type { Clock } from '../src/ground/clock.ts'
export { Counts } from '../src/measure/counts.ts'
export { addPacked, packCounts, unpackCounts } from '../src/measure/pack.ts'
export type { PackedSlice, SeriesKey, Slice } from '../src/measure/slice.ts'
export { SteppedClock } from './stepped-clock.ts'
export { type StoreSubject, storeContract } from './store.ts'
