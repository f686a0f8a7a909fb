import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../ground/clock.ts'
import type { SelfReport, Snapshot } from '../snapshot.ts'
import type { PublishedSnapshot, Store } from '../store.ts'
import { openSnapshot } from './published.ts'

/** How long the holder goes on publishing after somebody asked. */
const ASK_MS = 15_000
const ASK_AGAIN_MS = 5_000
const CACHE_MS = 1_000
/** Older than this a snapshot is of a time when nobody asked, or of a holder that has died. */
const FRESH_MS = 10_000
const LOOK_MS = 100
const MOST_LOOKS = 30

/** What the lease-holder publishes, as another instance reads it: only when somebody asks. */
export class PublishedReader {
  readonly #store: Store
  readonly #clock: Clock
  readonly #service: string
  /** What was found last; no snapshot where nobody published one. */
  #known: { readonly snapshot: Snapshot | undefined; readonly readMs: number } | undefined
  #reading: Promise<Snapshot | undefined> | undefined
  #askedMs = Number.NEGATIVE_INFINITY
  /** Waited for in vain: what was there then, and until when nobody waits again. */
  #missed: { readonly atMs: number | undefined; readonly untilMs: number } | undefined

  constructor({
    store,
    clock,
    service,
  }: { readonly store: Store; readonly clock: Clock; readonly service: string }) {
    this.#store = store
    this.#clock = clock
    this.#service = service
  }

  /** The newest snapshot; `undefined` when the holder does not publish any, or nobody holds the lease. */
  read(self: () => SelfReport): Promise<Snapshot | undefined> {
    const nowMs = this.#clock.monotonicMs()
    if (this.#known !== undefined && nowMs - this.#known.readMs < CACHE_MS) {
      const { snapshot } = this.#known
      return Promise.resolve(snapshot === undefined ? undefined : { ...snapshot, self: self() })
    }
    this.#reading ??= this.#read(self).finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** What was read last, if that is fresh. */
  last(self: SelfReport): Snapshot | undefined {
    const known = this.#known
    if (known?.snapshot === undefined || this.#clock.monotonicMs() - known.readMs >= FRESH_MS)
      return undefined
    return { ...known.snapshot, self }
  }

  async #read(self: () => SelfReport): Promise<Snapshot | undefined> {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#askedMs >= ASK_AGAIN_MS) {
      await this.#store.ask(this.#service, this.#clock.wallMs() + ASK_MS)
      this.#askedMs = nowMs
    }
    const published = await this.#fresh()
    // Kept too when there is none: one answer asks more than once, and to find out takes three seconds.
    const snapshot = published === undefined ? undefined : openSnapshot(published.bytes, self())
    this.#known = { snapshot, readMs: this.#clock.monotonicMs() }
    return snapshot
  }

  /**
   * Hosts' clocks differ: what has changed while we looked, or since, is fresh, whatever time it bears. A holder that has
   * died is waited for once: whoever asks while its lease lasts is answered at once after that.
   */
  async #fresh(): Promise<PublishedSnapshot | undefined> {
    const first = await this.#store.published(this.#service)
    if (first !== undefined && Math.abs(first.atMs - this.#clock.wallMs()) < FRESH_MS) return first
    if (this.#missed !== undefined && this.#clock.monotonicMs() < this.#missed.untilMs) {
      return first?.atMs === this.#missed.atMs ? undefined : first
    }
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      await sleep(LOOK_MS)
      const now = await this.#store.published(this.#service)
      if (now !== undefined && now.atMs !== first?.atMs) return now
    }
    this.#missed = { atMs: first?.atMs, untilMs: this.#clock.monotonicMs() + ASK_MS }
    return undefined
  }
}
