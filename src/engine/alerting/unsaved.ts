import type { Due } from '../../alerts/due.ts'
import type { AlertEvent } from '../../alerts/event.ts'
import type { Notice } from '../../alerts/notice.ts'
import type { Clock } from '../../ground/clock.ts'
import type { Outcome } from '../delivery.ts'
import { EVENTS_AHEAD_MS } from '../fleet/fleet.ts'
import type { Store, StoredEvent } from '../store.ts'
import { alertEvent } from './alert-event.ts'
import { noticeEvent, outcomeEvent } from './notice-events.ts'
import { beginnings, canBeToldAlone, TOLD_ALONE_KIND, type ToldAlone } from './told-alone.ts'

/** Happenings that wait for a store that is out of reach; beyond it the oldest are dropped and counted. */
const MOST_WAITING = 10_000

/** What happened at one instant. */
interface Happening {
  readonly events: readonly AlertEvent[]
  readonly dues: readonly Due[]
  /** What of it nobody was told of. */
  untold: readonly Due[]
  /** Told, as far as it could be, before it was saved. */
  alone: boolean
}

export interface UnsavedOptions {
  readonly service: string
  readonly store: Store
  readonly clock: Clock
  /** Hears of every event once it is saved, or told without. */
  readonly onEvent: (event: AlertEvent) => void
  readonly deliver: (notifier: string, notice: Notice) => void
}

/**
 * What happened to alerts and is to be saved before anybody is told of it, under the fence of a lease: so of two that
 * think they hold it one is heard. A notice is saved with its event, and its outcome when it has one: a successor tells
 * what was not told, under the same id.
 */
export class Unsaved {
  readonly #options: UnsavedOptions
  #happenings: Happening[] = []
  /** What was told alone and could not be saved: the one who judges has to know. */
  #left: AlertEvent[] = []
  #outcomes: Outcome[] = []
  #dropped = 0
  #latestMs = Number.NEGATIVE_INFINITY

  constructor(options: UnsavedOptions) {
    this.#options = options
  }

  /** Events that were never saved, because the store was out of reach for too long. */
  get dropped(): number {
    return this.#dropped
  }

  add(events: readonly AlertEvent[], dues: readonly Due[]): void {
    this.#happenings.push({ events, dues, untold: dues, alone: false })
    if (this.#happenings.length > MOST_WAITING) this.#dropped += this.#happenings.shift()!.events.length
  }

  /** Of alerts, what is saved by now: what happens comes after it. @returns whether it is the last one in the store */
  follow({ atMs }: StoredEvent): boolean {
    this.#latestMs = Math.max(this.#latestMs, atMs)
    return atMs === this.#latestMs
  }

  /** What became of a notice. */
  became(outcome: Outcome): void {
    this.#outcomes.push(outcome)
  }

  /**
   * Saves what happened and then tells of it. `false`: another instance holds the lease, and tells people itself.
   *
   * @throws what the store throws; what is not saved then waits
   */
  async tell(token: bigint): Promise<boolean> {
    const { store, service, onEvent, deliver } = this.#options
    for (let first = this.#happenings[0]; first !== undefined; first = this.#happenings[0]) {
      const events = [...first.events.map((each) => this.#after(each)), ...first.dues.map(noticeEvent)]
      if (!(await store.append(service, events, token))) return false
      // The bound may have dropped it meanwhile.
      if (this.#happenings[0] === first) this.#happenings.shift()
      if (!first.alone) for (const event of first.events) onEvent(event)
      for (const { notifier, notice } of first.untold) deliver(notifier, notice)
    }
    await this.#saveOutcomes()
    return true
  }

  /**
   * While the store is out of reach the last that held the lease goes on, and says that it sees itself only.
   *
   * @param others whether there are other instances: then ends are told when the store is back
   */
  tellAlone(others: boolean): void {
    const { onEvent, deliver } = this.#options
    for (const happening of this.#happenings) {
      if (happening.alone) continue
      happening.alone = true
      for (const event of happening.events) onEvent(event)
      const now = ({ notice }: Due): boolean => !others || canBeToldAlone(notice.reason)
      for (const { notifier, notice } of happening.dues.filter(now)) {
        deliver(notifier, { ...notice, instanceOnly: true })
      }
      happening.untold = happening.dues.filter((due) => !now(due))
    }
  }

  /** Another instance judges: what waits here is its to tell. */
  retire(): void {
    for (const { events, alone } of this.#happenings.splice(0)) {
      if (!alone) continue
      const left = beginnings(events)
      this.#left.push(...left)
      this.#dropped += events.length - left.length
    }
  }

  /** What was told alone and could not be saved, for this process itself to go on with. */
  takeLeft(): AlertEvent[] {
    return this.#left.splice(0)
  }

  /**
   * Leaves the one who judges what was told alone: it tells the end; and whoever judges next what became of notices.
   *
   * @param atMs by the time that goes on when the clock is set back: the one who judges looks for news by its own
   * @throws what the store throws; it is tried again next time
   */
  async handOver(atMs: number): Promise<void> {
    const { store, service } = this.#options
    const events = [...this.#left]
    if (events.length > 0) {
      const id = `told alone ${events[0]!.id} ${atMs}`
      const data: ToldAlone = { events }
      await store.append(service, [{ id, atMs, kind: TOLD_ALONE_KIND, data }])
      this.#left = []
    }
    await this.#saveOutcomes(atMs)
  }

  async #saveOutcomes(toldMs?: number): Promise<void> {
    const { store, service } = this.#options
    const outcomes = this.#outcomes.splice(0)
    if (outcomes.length === 0) return
    try {
      await store.append(
        service,
        outcomes.map((outcome) => outcomeEvent(outcome, toldMs)),
      )
    } catch (error) {
      this.#outcomes.unshift(...outcomes)
      throw error
    }
  }

  /** A store gives events in the order of their times: by a clock that was set back since, old ones would come last. */
  #after(event: AlertEvent): StoredEvent {
    const stored = alertEvent(event)
    // After one by a clock that was days ahead nobody would read it. What was told alone may itself be days old.
    const nowMs = Math.max(stored.atMs, this.#options.clock.wallMs())
    if (this.#latestMs > nowMs + EVENTS_AHEAD_MS) this.#latestMs = stored.atMs
    this.follow(stored)
    return { ...stored, atMs: this.#latestMs }
  }
}
