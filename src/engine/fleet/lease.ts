import type { Clock } from '../../ground/clock.ts'
import type { Store } from '../store.ts'

/** Who judges, notifies and publishes for all instances of a service. */
export type Standing =
  /** Somebody else does, or it is not known yet. */
  | { readonly kind: 'member' }
  | { readonly kind: 'holder'; readonly token: bigint }
  /** The store is out of reach: what we held may be somebody else's by now. */
  | { readonly kind: 'cut_off'; readonly token: bigint }

export interface LeaseOptions {
  readonly store: Store
  readonly clock: Clock
  readonly name: string
}

/** Beyond the time between two flushes, so that a successor is there within 15 s of a holder's death. */
const TERM_BEYOND_FLUSH_MS = 4_000
const RENEW_MS = 1_000
/** After an outage the last holder goes first: it has told people meanwhile, and knows what it told. */
const YIELD_MS = 2 * RENEW_MS
/** An answer may have been long on its way: the holder counts from when it asked, and stops earlier. */
const MARGIN_MS = 500

/** This process' claim to be the one that judges for its service. Kept by asking for it again and again. */
export class Lease {
  readonly #options: LeaseOptions
  readonly #termMs: number
  #standing: Standing = { kind: 'member' }
  #askedMs = Number.NEGATIVE_INFINITY
  #untilMs = Number.NEGATIVE_INFINITY
  #unanswered = false

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#termMs = options.store.flushMs + TERM_BEYOND_FLUSH_MS
  }

  /** By the monotonic clock, so that a process that was paused knows that it is too late. */
  get standing(): Standing {
    if (this.#standing.kind !== 'holder' || this.#options.clock.monotonicMs() < this.#untilMs)
      return this.#standing
    return { kind: 'cut_off', token: this.#standing.token }
  }

  /** Whether the store failed when it was asked the last time. */
  get unanswered(): boolean {
    return this.#unanswered
  }

  /** Asks for the lease or renews it, when that is due. Throws what the store throws. */
  async attend(): Promise<Standing> {
    const { store, clock, name } = this.#options
    const nowMs = clock.monotonicMs()
    const everyMs = this.#standing.kind === 'member' ? store.flushMs : RENEW_MS
    if (nowMs - this.#askedMs < everyMs) return this.standing
    this.#askedMs = nowMs
    if (this.#unanswered && this.#standing.kind === 'member') {
      // A write that changes nothing: SQLite answers readers while it takes no writes.
      await store.release(name)
      this.#unanswered = false
      this.#askedMs = nowMs + YIELD_MS - everyMs
      return this.standing
    }
    this.#unanswered = true
    const token = await store.lease(name, this.#termMs)
    this.#unanswered = false
    this.#untilMs = nowMs + this.#termMs - MARGIN_MS
    this.#standing = token === undefined ? { kind: 'member' } : { kind: 'holder', token }
    return this.standing
  }

  /** Lets a successor take over at once. */
  async release(): Promise<void> {
    if (this.#standing.kind === 'member') return
    this.#standing = { kind: 'member' }
    await this.#options.store.release(this.#options.name)
  }
}
