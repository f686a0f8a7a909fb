import type { Clock } from '../ground/clock.ts'
import { YardstickError } from '../ground/errors.ts'
import type { Batch, Store } from './store.ts'

/** Ten minutes of seconds, or fifty of a store that is written to every five. */
const MOST = 600
const MOST_BYTES = 64 * 2 ** 20
/** Of a slice besides its buckets. */
const SLICE_BYTES = 400
const BUCKET_BYTES = 16
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000

/**
 * Batches on their way to the store, one at a time and in order. A store that fails is tried again, ever more
 * rarely; at the bound the oldest batch is dropped and counted, as is at once one that can never be saved. Nobody
 * ever waits for it.
 */
export class SaveQueue {
  readonly #store: Store
  readonly #clock: Clock
  readonly #batches: Batch[] = []
  #saving: Promise<void> | undefined
  #retryMs = FIRST_RETRY_MS
  #nextMs = 0
  #bytes = 0
  #dropped = 0
  #lastError: string | undefined

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  push(batch: Batch): void {
    this.#batches.push(batch)
    this.#bytes += bytesOf(batch)
    while (this.#batches.length > MOST || (this.#bytes > MOST_BYTES && this.#batches.length > 1)) {
      this.#shift()
      this.#dropped++
    }
  }

  #shift(): void {
    this.#bytes -= bytesOf(this.#batches.shift()!)
  }

  get queued(): number {
    return this.#batches.length
  }

  get dropped(): number {
    return this.#dropped
  }

  /** Why the last attempt failed, or a batch was dropped in the last drain; `undefined` while saving works. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** The store has answered somebody else just now: the next drain need not wait. */
  reached(): void {
    this.#nextMs = 0
  }

  /** Saves what it can now. Never throws; returns the attempt under way, for those who have to wait at the end. */
  drain(): Promise<void> {
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined
    })
    return this.#saving
  }

  async #save(): Promise<void> {
    let dropping = false
    while (this.#batches.length > 0 && this.#clock.monotonicMs() >= this.#nextMs) {
      const batch = this.#batches[0]!
      try {
        await this.#store.save(batch)
        this.#retryMs = FIRST_RETRY_MS
        // What made us drop a batch stays to be seen although the next ones are saved.
        if (!dropping) this.#lastError = undefined
        if (this.#batches[0] === batch) this.#shift()
      } catch (error) {
        this.#lastError = error instanceof Error ? error.message : String(error)
        if (!isOfStore(error)) {
          dropping = true
          this.#drop(batch)
          continue
        }
        this.#nextMs = this.#clock.monotonicMs() + this.#retryMs
        this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS)
      }
    }
  }

  #drop(batch: Batch): void {
    // The bound may have dropped it meanwhile.
    if (this.#batches[0] !== batch) return
    this.#shift()
    this.#dropped++
  }
}

/** What a batch takes while it waits, roughly. */
function bytesOf({ slices }: Batch): number {
  return slices.reduce((sum, { counts }) => sum + SLICE_BYTES + counts.histogram.size * BUCKET_BYTES, 0)
}

/** The store's own trouble may pass; anything else is the batch's and comes again at every attempt. */
export function isOfStore(error: unknown): error is YardstickError {
  return error instanceof YardstickError && error.code.startsWith('YS_STORE_')
}
