import { randomUUID } from 'node:crypto'
import type { Notice } from '../alerts/notice.ts'
import type { Clock } from '../ground/clock.ts'
import { YardstickError } from '../ground/errors.ts'
import type { DeadLetter } from './delivery/dead-letters.ts'
import { Lane } from './delivery/lane.ts'
import type { LaneState } from './delivery/lane-state.ts'
import type { Firing, Notifier } from './delivery/notifier.ts'
import type { Outcome } from './delivery/outcome.ts'
import { type Claim, DELIVERY_LIMITS, type DeliveryLimits, type DeliveryRules } from './delivery/rules.ts'
import { testNotice } from './delivery/test-notice.ts'

export type { DeadLetter } from './delivery/dead-letters.ts'
export { DeliveryError } from './delivery/delivery-error.ts'
export type { LaneState } from './delivery/lane-state.ts'
export type { Firing, Notifier } from './delivery/notifier.ts'
export type { Outcome } from './delivery/outcome.ts'
export type { Claim, DeliveryLimits } from './delivery/rules.ts'

export interface DeliveryOptions {
  readonly clock: Clock
  readonly notifiers: readonly Notifier[]
  /** Whether this process may tell people of a notice. Default: yes. */
  readonly claim?: Claim
  /** Looked at just before each attempt: this process holds the lease, and its deadline is not over. Default: yes. */
  readonly allowed?: () => boolean
  /** Hears what became of each notice. */
  readonly onOutcome?: (outcome: Outcome) => void
  readonly limits?: Partial<DeliveryLimits>
  /** 0 ≤ … < 1. Default: `Math.random`. */
  readonly random?: () => number
}

/**
 * Brings notices to the notifiers, each on a lane of its own: queue, time-out, back-off, circuit, dead letters. It has
 * no timer: the engine calls `drain` once a second, and a test steps its clock. Nothing in here throws at the engine
 * or waits for a receiver.
 *
 * @example
 * const delivery = new Delivery({ clock, notifiers })
 * delivery.push('slack', notice)
 * delivery.drain()
 */
export class Delivery {
  readonly #lanes: ReadonlyMap<string, Lane>
  readonly #clock: Clock

  constructor(options: DeliveryOptions) {
    const { clock, notifiers, limits, claim, allowed, onOutcome, random } = options
    const rules: DeliveryRules = {
      ...DELIVERY_LIMITS,
      ...limits,
      clock,
      claim: claim ?? (async () => true),
      allowed: allowed ?? (() => true),
      onOutcome: onOutcome ?? (() => {}),
      random: random ?? Math.random,
    }
    this.#clock = clock
    this.#lanes = new Map(notifiers.map((notifier) => [notifier.name, new Lane(notifier, rules)]))
  }

  get names(): readonly string[] {
    return [...this.#lanes.keys()]
  }

  /**
   * Puts a notice on its way; one whose id was given before is counted and dropped.
   *
   * @throws YardstickError `YS_NOTIFIER` if there is none of that name
   */
  push(notifier: string, notice: Notice): void {
    this.#lane(notifier).push(notice)
  }

  /** Lets go of what waits and was given up on: another process has it, or this one anew from what is saved. */
  abandon(): void {
    for (const lane of this.#lanes.values()) lane.abandon()
  }

  /**
   * Says what each notifier was told of and still fires, for receivers that have to be reminded of it; whenever it
   * changes, or every second.
   */
  firing(of: (notifier: string) => Firing): void {
    for (const [name, lane] of this.#lanes) lane.firing(() => of(name))
  }

  /** Ends what takes too long and begins what can begin. */
  drain(): void {
    for (const lane of this.#lanes.values()) lane.drain()
  }

  /** When all attempts that are under way have ended; those that wait for their turn are not waited for. */
  async settled(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.settled()))
  }

  /**
   * Sends a test notice at once, past queue, claim and circuit.
   *
   * @throws DeliveryError with the reason why it did not get through; YardstickError `YS_NOTIFIER`
   */
  async test(notifier: string, of: { readonly service: string; readonly url?: string }): Promise<void> {
    const notice = testNotice({ ...of, id: randomUUID(), atMs: this.#clock.wallMs() })
    await this.#lane(notifier).test(notice)
  }

  /** Makes a dead letter of a notice without an attempt, unless it came by before. */
  giveUp(notifier: string, notice: Notice, why: string): void {
    this.#lane(notifier).giveUp(notice, why)
  }

  /** Keeps what was given up on before. */
  bury(letters: readonly DeadLetter[]): void {
    for (const letter of letters) this.#lane(letter.notifier).bury(letter)
  }

  /**
   * A notice, by its id, was delivered: if it waits here, or is a dead letter, that was by another instance, and it is
   * neither any more.
   */
  deliveredElsewhere(notifier: string, noticeId: string): void {
    this.#lanes.get(notifier)?.deliveredElsewhere(noticeId)
  }

  /** The oldest first within each notifier. */
  get deadLetters(): readonly DeadLetter[] {
    return [...this.#lanes.values()].flatMap((lane) => lane.deadLetters)
  }

  /**
   * Puts dead letters (those of these notice ids, or all) on their way again; how many there were.
   *
   * @param asOfNow what is to be told of one by now. Default: the same
   */
  retry(ids?: readonly string[], asOfNow: (notice: Notice) => Notice = (notice) => notice): number {
    const wanted = ids === undefined ? undefined : new Set(ids)
    return [...this.#lanes.values()].reduce((count, lane) => count + lane.retry(wanted, asOfNow), 0)
  }

  get state(): readonly LaneState[] {
    return [...this.#lanes.values()].map((lane) => lane.state)
  }

  #lane(name: string): Lane {
    const lane = this.#lanes.get(name)
    if (lane !== undefined) return lane
    const known = this.names.length === 0 ? 'none is configured' : `known are ${this.names.join(', ')}`
    throw new YardstickError(
      'YS_NOTIFIER',
      `Expected the name of a notifier, got ${JSON.stringify(name)}: ${known}.`,
    )
  }
}
