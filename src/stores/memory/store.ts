import type { Batch, Span, Store, StoredEvent, StoredSpan } from '../../engine/store.ts'
import { YardstickError } from '../../ground/errors.ts'
import { openSlices, packSlices } from '../blob.ts'
import { FlushRanges } from '../flush-ranges.ts'
import { type Row, spansOf } from '../rows.ts'
import { TIERS_MS } from '../tiers.ts'

export interface MemoryOptions {
  /** Packed slices held at most; the oldest go first. Default 16 MiB: about 20 minutes of 200 busy series. */
  readonly maxBytes?: number
}

const MAX_BYTES = 16 * 2 ** 20
/** What a row costs besides its packed slices. */
const ROW_BYTES = 128
const MOST_EVENTS = 20_000
const MOST_INSTANCES = 1_000

interface MemoryRow extends Row {
  readonly service: string
  readonly bytes: number
}

export class MemoryStore implements Store {
  readonly name = 'memory'
  readonly #maxBytes: number
  /** In the order of saving, like the events. */
  #rows: MemoryRow[] = []
  #events: (StoredEvent & { readonly service: string })[] = []
  readonly #saved = new Map<string, FlushRanges>()
  #bytes = 0
  #closed = false

  constructor(options: MemoryOptions) {
    this.#maxBytes = options.maxBytes ?? MAX_BYTES
  }

  async save(batch: Batch): Promise<void> {
    this.#open()
    const saved = this.#savedOf(batch)
    if (saved.has(batch.flush)) return
    saved.add(batch.flush)
    const packed = packSlices(batch.slices)
    const { service, fromMs, toMs } = batch
    const bytes = packed.length + ROW_BYTES
    this.#rows.push({
      service,
      fromMs,
      toMs,
      tierMs: TIERS_MS[0]!,
      bytes,
      slices: () => openSlices(packed),
    })
    this.#bytes += bytes
    for (const { atMs, kind, data } of batch.events) {
      // Through JSON, as other stores do: what is read is never the object that was saved.
      this.#events.push({ service, atMs, kind, data: JSON.parse(JSON.stringify(data) ?? 'null') })
    }
    this.#bound()
  }

  async *slices(service: string, span: Span): AsyncGenerator<StoredSpan, void, undefined> {
    this.#open()
    yield* spansOf([this.#rows.filter((row) => row.service === service)], span, (error) => {
      throw error
    })
  }

  async *events(service: string, span: Span): AsyncGenerator<StoredEvent, void, undefined> {
    this.#open()
    const asked = this.#events.filter(
      (event) => event.service === service && event.atMs > span.fromMs && event.atMs <= span.toMs,
    )
    for (const { atMs, kind, data } of asked.sort((a, b) => a.atMs - b.atMs)) yield { atMs, kind, data }
  }

  /** Nobody else can reach this store, so its one user holds every lease. */
  async lease(_name: string, _durationMs: number): Promise<bigint> {
    this.#open()
    return 1n
  }

  async trim(beforeMs: number): Promise<void> {
    this.#open()
    this.#rows = this.#rows.filter((row) => row.toMs >= beforeMs)
    this.#bytes = this.#rows.reduce((sum, row) => sum + row.bytes, 0)
    this.#events = this.#events.filter((event) => event.atMs >= beforeMs)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#rows = []
    this.#events = []
  }

  #savedOf({ service, instance }: Batch): FlushRanges {
    const key = `${service.length}:${service}${instance}`
    const saved = this.#saved.get(key) ?? new FlushRanges()
    // The one used last comes last, so that the first is the one to forget.
    this.#saved.delete(key)
    this.#saved.set(key, saved)
    return saved
  }

  #bound(): void {
    let gone = 0
    while (this.#bytes > this.#maxBytes && gone < this.#rows.length) this.#bytes -= this.#rows[gone++]!.bytes
    if (gone > 0) this.#rows.splice(0, gone)
    if (this.#events.length > MOST_EVENTS) this.#events.splice(0, this.#events.length - MOST_EVENTS)
    for (const key of this.#saved.keys()) {
      if (this.#saved.size <= MOST_INSTANCES) break
      this.#saved.delete(key)
    }
  }

  #open(): void {
    if (this.#closed)
      throw new YardstickError('YS_STORE_CLOSED', 'cannot use the memory store: it was closed')
  }
}
