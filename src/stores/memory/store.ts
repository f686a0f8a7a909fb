import type {
  Batch,
  Held,
  PublishedSnapshot,
  Span,
  Store,
  StoredEvent,
  StoredFlush,
  StoredSpan,
  Taken,
  WantedEvents,
} from '../../engine/store.ts'
import { type Clock, systemClock } from '../../ground/clock.ts'
import { YardstickError } from '../../ground/errors.ts'
import { openSlices, packSlices } from '../blob.ts'
import { FlushRanges } from '../flush-ranges.ts'
import type { Claim, StoreReader } from '../kept.ts'
import { isNew } from '../new-flush.ts'
import { openPresence, packPresence } from '../presence.ts'
import { type Row, spansOf } from '../rows.ts'
import { TIERS_MS } from '../tiers.ts'
import { Board } from './board.ts'
import { MemoryEvents } from './events.ts'

export interface MemoryOptions {
  /** Packed slices held at most; the oldest go first. Default 16 MiB: about 20 minutes of 200 busy series. */
  readonly maxBytes?: number
}

const MAX_BYTES = 16 * 2 ** 20
/** What a row costs besides its packed slices. */
const ROW_BYTES = 128
const MOST_INSTANCES = 1_000

interface MemoryRow extends Row {
  readonly service: string
  readonly instance: string
  readonly flush: number
  readonly cameMs: number
  readonly presence: Uint8Array
  readonly bytes: number
}

/** Everything in this process: see `memory()`. */
export class MemoryStore implements Store, StoreReader {
  readonly name = 'memory'
  readonly shared = false
  readonly flushMs = 1_000
  readonly #maxBytes: number
  readonly #clock: Clock
  /** In the order of saving. */
  #rows: MemoryRow[] = []
  #events = new MemoryEvents()
  #board = new Board()
  readonly #saved = new Map<string, FlushRanges>()
  #bytes = 0
  #closed = false

  constructor(options: MemoryOptions, clock: Clock = systemClock) {
    this.#maxBytes = options.maxBytes ?? MAX_BYTES
    this.#clock = clock
  }

  async save(batch: Batch): Promise<void> {
    this.#open()
    const saved = this.#savedOf(batch)
    if (saved.has(batch.flush)) return
    const packed = packSlices(batch.slices)
    const presence = packPresence(batch.presence)
    saved.add(batch.flush)
    const { service, instance, flush, fromMs, toMs } = batch
    const bytes = packed.length + presence.length + ROW_BYTES
    this.#rows.push({
      ...{ service, instance, flush, fromMs, toMs, presence, bytes },
      cameMs: this.#clock.wallMs(),
      tierMs: TIERS_MS[0]!,
      slices: () => openSlices(packed),
    })
    this.#bytes += bytes
    this.#events.add(service, batch.events)
    this.#bound()
  }

  async *slices(service: string, span: Span, taken?: Taken): AsyncGenerator<StoredSpan, void, undefined> {
    this.#open()
    const rows = this.#rows.filter(
      (row) => row.service === service && (taken === undefined || !isNew(row, taken)),
    )
    yield* spansOf([rows], span, (error) => {
      throw error
    })
  }

  async *events(
    service: string,
    span: Span,
    wanted?: WantedEvents,
  ): AsyncGenerator<StoredEvent, void, undefined> {
    this.#open()
    yield* this.#events.of(service, span, wanted)
  }

  async *flushes(service: string, taken: Taken): AsyncGenerator<StoredFlush, void, undefined> {
    this.#open()
    const asked = this.#rows.filter((row) => row.service === service && isNew(row, taken))
    for (const row of asked.sort((a, b) => a.flush - b.flush)) {
      const { instance, flush, fromMs, toMs } = row
      yield { instance, flush, fromMs, toMs, slices: row.slices(), presence: openPresence(row.presence) }
    }
  }

  /** There are no others, who alone would be listened to. */
  async revision(): Promise<undefined> {
    return undefined
  }

  /** Nobody else can reach this store, so its one user holds every lease. */
  async lease(_name: string, _durationMs: number): Promise<bigint> {
    this.#open()
    return 1n
  }

  async release(_name: string): Promise<void> {
    this.#open()
  }

  async publish(service: string, snapshot: PublishedSnapshot): Promise<boolean> {
    this.#open()
    return this.#board.publish(service, snapshot)
  }

  async published(service: string): Promise<PublishedSnapshot | undefined> {
    this.#open()
    return this.#board.published(service)
  }

  async ask(service: string, untilMs: number): Promise<void> {
    this.#open()
    this.#board.ask(service, untilMs)
  }

  async asked(service: string): Promise<number> {
    this.#open()
    return this.#board.asked(service)
  }

  async append(service: string, events: readonly StoredEvent[], token?: bigint): Promise<boolean> {
    this.#open()
    if (token !== undefined && !this.#board.passes(service, token)) return false
    this.#events.add(service, events)
    return true
  }

  async claim(service: string, key: string, atMs: number): Promise<boolean> {
    this.#open()
    return this.#events.claim(service, key, atMs)
  }

  async services(): Promise<readonly string[]> {
    this.#open()
    return [...new Set([...this.#rows.map(({ service }) => service), ...this.#events.services()])]
  }

  async *claims(service: string): AsyncGenerator<Claim, void, undefined> {
    this.#open()
    yield* this.#events.claims(service)
  }

  async held(service: string): Promise<readonly Held[]> {
    this.#open()
    const rows = this.#rows.filter((row) => row.service === service)
    if (rows.length === 0) return []
    const fromMs = rows.reduce((least, row) => Math.min(least, row.fromMs), Number.POSITIVE_INFINITY)
    const toMs = rows.reduce((most, row) => Math.max(most, row.toMs), Number.NEGATIVE_INFINITY)
    return [{ tierMs: TIERS_MS[0]!, fromMs, toMs }]
  }

  async trim(beforeMs: number): Promise<void> {
    this.#open()
    this.#rows = this.#rows.filter((row) => row.toMs >= beforeMs)
    this.#bytes = this.#rows.reduce((sum, row) => sum + row.bytes, 0)
    this.#events.trim(beforeMs)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#rows = []
    this.#events = new MemoryEvents()
    this.#board = new Board()
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
