import type { Alerting } from './alerting/alerting.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Knowledge } from './knowledge.ts'
import { isOfStore, type SaveQueue } from './save-queue.ts'
import type { SteadyTime } from './steady-time.ts'
import type { Store } from './store.ts'

/** Whoever takes over later than this after its start has not just started a service. */
const STARTING_MS = 30_000

export interface TenureOptions {
  readonly store: Store
  readonly time: SteadyTime
  readonly fleet: Fleet
  readonly alerting: Alerting
  readonly knowledge: Knowledge
  readonly queue: SaveQueue
  /** Saves everything that was read, as far as the store lets it. */
  readonly flush: () => Promise<void>
  /** When this process started. */
  readonly startedMs: number
  /** Whether this engine follows one of the same process that died. */
  readonly restarted: boolean
}

/**
 * Whether this process judges for its service: takes over when the lease comes, holds it, steps down when it has gone
 * to another.
 */
export class Tenure {
  readonly #options: TenureOptions
  /** The lease under which the figures are those of all instances. */
  #token: bigint | undefined
  #takingOver = false
  #left = false
  #listening = false
  #overheardMs = Number.NEGATIVE_INFINITY
  #tending: Promise<void> | undefined
  #unreachable: string | undefined

  constructor(options: TenureOptions) {
    this.#options = options
  }

  /** Whether the figures are those of the whole service. */
  get judges(): boolean {
    const { standing } = this.#options.fleet
    if (!this.#options.store.shared) return true
    return standing.kind === 'holder' && standing.token === this.#token
  }

  /** The last that judged goes on by itself while the store is out of reach; one that was only paused does not. */
  get alone(): boolean {
    const { standing } = this.#options.fleet
    return standing.kind === 'cut_off' && standing.token === this.#token && this.#unreachable !== undefined
  }

  /** Whether figures are being read back: no reading meanwhile, the tallies keep what comes in. */
  get takingOver(): boolean {
    return this.#takingOver
  }

  /** Why the store could not be asked the last time. */
  get unreachable(): string | undefined {
    return this.#unreachable
  }

  /** Somebody in this process wants to hear of alerts. */
  listen(): void {
    this.#listening = true
  }

  /**
   * Asks for the lease or renews it, takes over or steps down, adds what the others saved. A store that cannot be
   * reached is tried again next time.
   */
  tend(): Promise<void> {
    if (this.#left) return Promise.resolve()
    this.#tending ??= this.#tend()
      .then(
        () => {
          // Between two attempts nothing was asked.
          if (this.#options.fleet.unanswered) return
          if (this.#unreachable !== undefined) this.#options.queue.reached()
          this.#unreachable = undefined
        },
        (error) => {
          if (!isOfStore(error)) throw error
          this.#unreachable = error.message
        },
      )
      .finally(() => {
        this.#tending = undefined
      })
    return this.#tending
  }

  /** Saves what was found out and what became of notices, and gives up the lease, so that nobody need wait for it. */
  async leave(): Promise<void> {
    const { time, alerting } = this.#options
    this.#left = true
    await this.#tending
    try {
      const told = this.judges && this.#token !== undefined && (await alerting.tell(this.#token))
      if (!told) await alerting.handOver(time.read())
    } finally {
      await this.#options.fleet.release()
    }
  }

  async #tend(): Promise<void> {
    const standing = await this.#options.fleet.attend()
    switch (standing.kind) {
      case 'holder':
        if (standing.token !== this.#token) {
          // What was told last would be known, and not heard of.
          await this.#overhear(true)
          await this.#takeOver(standing.token)
        }
        if (standing.token === this.#token) await this.#hold(standing.token)
        return
      case 'member':
        if (this.#token !== undefined) this.#stepDown()
        await this.#options.alerting.handOver(this.#options.time.read())
        await this.#overhear()
        return
      case 'cut_off':
        // What is known of the others stays until it is old; what comes is this process' own.
        return
    }
  }

  /** Callbacks hear in every process that has any; only one judges. */
  async #overhear(force = false): Promise<void> {
    const { store, time, fleet, alerting } = this.#options
    const nowMs = time.read()
    if (!this.#listening || (!force && nowMs - this.#overheardMs < store.flushMs)) return
    this.#overheardMs = nowMs
    for (const event of await fleet.news(nowMs)) alerting.hear(event, false)
  }

  async #hold(token: bigint): Promise<void> {
    const { store, time, fleet, alerting, knowledge } = this.#options
    if (store.shared) {
      if (await fleet.listen(knowledge.figures, time.read())) knowledge.take()
      for (const event of await fleet.news(time.read())) alerting.hear(event)
      await fleet.publish(knowledge.snapshot, token)
    }
    // The store knows of a later holder before its lease says so to us.
    if (!(await alerting.tell(token))) this.#stepDown()
    else alerting.delivery.drain()
  }

  /** Begins with what all instances saved. Not while something of our own is unsaved: it would be missing. */
  async #takeOver(token: bigint): Promise<void> {
    const { time, fleet, alerting, knowledge, queue, startedMs, restarted } = this.#options
    this.#takingOver = true
    queue.reached()
    try {
      await this.#options.flush()
      if (queue.queued > 0) return
      const figures = knowledge.anew()
      const nowMs = time.read()
      await alerting.recall(await fleet.recall(figures, nowMs), nowMs, () => fleet.attend())
      if (nowMs - startedMs < STARTING_MS && !restarted && !fleet.othersSince(startedMs)) {
        alerting.started(startedMs)
      }
      this.#token = token
      knowledge.replace(figures)
    } finally {
      this.#takingOver = false
    }
  }

  /** Another instance judges from now on. */
  #stepDown(): void {
    this.#token = undefined
    this.#options.alerting.retire()
    this.#options.knowledge.forget()
  }
}
