import type { Notice } from '../../alerts/notice.ts'
import { formatDuration } from '../../ground/duration.ts'
import { backOffMs } from './back-off.ts'
import { afterFailure, type Circuit, CLOSED, onAttempt } from './circuit.ts'
import { type DeadLetter, DeadLetters } from './dead-letters.ts'
import { Deadlines } from './deadlines.ts'
import { type Delay, withDelivered } from './delay.ts'
import { DeliveryError } from './delivery-error.ts'
import type { LaneState } from './lane-state.ts'
import type { Firing, Notifier } from './notifier.ts'
import type { Outcome } from './outcome.ts'
import type { DeliveryRules } from './rules.ts'
import { Seen } from './seen.ts'
import { wordsOf } from './words.ts'

interface Parcel {
  readonly notice: Notice
  attempts: number
  firstMs: number | undefined
  /** Another instance has delivered it. */
  isElsewhere: boolean
}

/** Why an attempt ended without an error. */
type Ending = 'delivered' | 'claimed_elsewhere' | 'not_allowed'

/**
 * The way to one notifier: notices one at a time and in order, because `resolved` must not overtake `fired`. A
 * receiver that is out of order holds up its own lane only.
 */
export class Lane {
  readonly #notifier: Notifier
  readonly #rules: DeliveryRules
  readonly #deadlines: Deadlines
  readonly #seen: Seen
  readonly #dead: DeadLetters
  readonly #queue: Parcel[] = []
  #circuit: Circuit = CLOSED
  #sending: Parcel | undefined
  #working: Promise<void> | undefined
  #nextMs = 0
  #firing: Firing | undefined
  #refreshMs = 0
  #delivered = 0
  #failed = 0
  #dropped = 0
  #duplicates = 0
  #claimedElsewhere = 0
  #lastError: LaneState['lastError']
  #lastDeliveredMs: number | undefined
  #delay: Delay | undefined

  constructor(notifier: Notifier, rules: DeliveryRules) {
    this.#notifier = notifier
    this.#rules = rules
    this.#deadlines = new Deadlines(rules.clock, rules.timeoutMs)
    this.#seen = new Seen(rules.rememberedIds)
    this.#dead = new DeadLetters(rules.deadLetters)
  }

  push(notice: Notice): void {
    if (this.#seen.add(notice.id)) this.#enqueue(notice)
    else this.#duplicates++
  }

  /** Lets go of what waits and of dead letters; what is being sent may have arrived already. */
  abandon(): void {
    for (const parcel of this.#queue.filter((one) => one !== this.#sending)) {
      this.#remove(parcel)
      this.#seen.delete(parcel.notice.id)
    }
    for (const { notice } of this.#dead.take(undefined)) this.#seen.delete(notice.id)
    this.#firing = undefined
  }

  /** Gives up on a notice without an attempt. Of one that came by before it is known what became of it, or will be. */
  giveUp(notice: Notice, why: string): void {
    if (this.#seen.add(notice.id)) this.#endUndelivered(newParcel(notice), why)
  }

  /** Keeps what was given up on before; not if it is being tried again, or was. */
  bury(letter: DeadLetter): void {
    if (this.#seen.add(letter.notice.id)) this.#dead.add(letter)
  }

  /** Lets go of a notice; of one that is being sent, and may have arrived already, once that has failed. */
  deliveredElsewhere(noticeId: string): void {
    const waiting = this.#queue.find(({ notice }) => notice.id === noticeId)
    if (waiting !== undefined) {
      waiting.isElsewhere = true
      if (waiting !== this.#sending) this.#letGo(waiting)
    }
    this.#dead.take(new Set([noticeId]))
  }

  retry(ids: ReadonlySet<string> | undefined, asOfNow: (notice: Notice) => Notice): number {
    const letters = this.#dead.take(ids)
    for (const { notice } of letters) {
      this.#seen.add(notice.id)
      this.#enqueue(asOfNow(notice))
    }
    return letters.length
  }

  /** What the receiver is to be reminded of. */
  firing(of: () => Firing): void {
    if (this.#notifier.refresh === undefined) return
    // The notice about the first of them is on its way; reminding begins when it has had its time.
    if ((this.#firing?.alerts.length ?? 0) === 0) this.#refreshMs = this.#nowMs() + this.#rules.refreshMs
    this.#firing = of()
  }

  /** Ends what takes too long, begins what can begin. Never throws, never waits. */
  drain(): void {
    this.#deadlines.expire()
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  async settled(): Promise<void> {
    await this.#working
  }

  /** Tries the notifier past queue, claim and circuit. @throws DeliveryError */
  async test(notice: Notice): Promise<void> {
    try {
      await this.#deadlines.run((signal) => this.#notifier.deliver(notice, signal))
    } catch (error) {
      throw this.#note(error)
    }
  }

  get deadLetters(): readonly DeadLetter[] {
    return this.#dead.all
  }

  get state(): LaneState {
    const waitMs = this.#nextMs - this.#nowMs()
    return {
      notifier: this.#notifier.name,
      circuit: this.#circuit,
      queued: this.#queue.length,
      delivered: this.#delivered,
      failed: this.#failed,
      dropped: this.#dropped,
      duplicates: this.#duplicates,
      claimedElsewhere: this.#claimedElsewhere,
      dead: this.#dead.count,
      lost: this.#dead.lost,
      ...(waitMs > 0 ? { nextAttemptMs: this.#rules.clock.wallMs() + waitMs } : {}),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      ...(this.#lastDeliveredMs === undefined ? {} : { lastDeliveredMs: this.#lastDeliveredMs }),
      ...(this.#delay === undefined ? {} : { breachToNotice: this.#delay }),
    }
  }

  #enqueue(notice: Notice): void {
    this.#queue.push(newParcel(notice))
    if (this.#queue.length <= this.#rules.queueLength) return
    // What is being sent may have arrived already.
    const oldest = this.#queue[0] === this.#sending ? this.#queue[1]! : this.#queue[0]!
    this.#dropped++
    this.#endUndelivered(oldest, `the queue of ${this.#rules.queueLength} notices was full`)
  }

  async #work(): Promise<void> {
    while (this.#nowMs() >= this.#nextMs && this.#rules.allowed()) {
      const parcel = this.#queue[0]
      if (parcel === undefined) break
      if (!(await this.#send(parcel))) return
    }
    if (this.#queue.length === 0 && this.#nowMs() >= this.#nextMs) await this.#refresh()
  }

  /** Whether the lane may go on at once. */
  async #send(parcel: Parcel): Promise<boolean> {
    this.#sending = parcel
    this.#circuit = onAttempt(this.#circuit)
    parcel.firstMs ??= this.#nowMs()
    try {
      const ending = await this.#deadlines.run(
        (signal) => this.#attempt(parcel, signal),
        (late) => this.#arrivedLate(parcel, late),
      )
      if (ending === 'not_allowed') {
        if (parcel.isElsewhere) this.#letGo(parcel)
        return false
      }
      this.#end(parcel, ending)
      return true
    } catch (error) {
      return this.#hasFailed(parcel, this.#note(error))
    } finally {
      this.#sending = undefined
    }
  }

  async #attempt(parcel: Parcel, signal: AbortSignal): Promise<Ending> {
    if (!(await this.#claim(parcel.notice.id))) return 'claimed_elsewhere'
    // The claim may have taken its time: lease and deadline count at the very moment of sending.
    if (signal.aborted || !this.#rules.allowed()) return 'not_allowed'
    parcel.attempts++
    await this.#notifier.deliver(parcel.notice, signal)
    return 'delivered'
  }

  async #claim(noticeId: string): Promise<boolean> {
    try {
      return await this.#rules.claim({ noticeId, notifier: this.#notifier.name })
    } catch (error) {
      throw new DeliveryError(`the notice could not be claimed: ${wordsOf(error).message}`, {
        retryable: true,
      })
    }
  }

  #end(parcel: Parcel, ending: 'delivered' | 'claimed_elsewhere'): void {
    this.#remove(parcel)
    this.#nextMs = 0
    const atMs = this.#rules.clock.wallMs()
    const of = { notifier: this.#notifier.name, notice: parcel.notice, atMs }
    if (ending === 'claimed_elsewhere') {
      this.#claimedElsewhere++
      // Nothing was learnt of the receiver.
      if (this.#circuit.state === 'half_open') this.#circuit = { ...this.#circuit, state: 'open' }
      this.#tell({ ...of, result: { kind: 'claimed_elsewhere' } })
      return
    }
    this.#circuit = CLOSED
    this.#delivered++
    this.#lastDeliveredMs = atMs
    this.#delay = withDelivered(this.#delay, parcel.notice, atMs)
    this.#tell({ ...of, result: { kind: 'delivered', attempts: parcel.attempts } })
  }

  #hasFailed(parcel: Parcel, error: DeliveryError): boolean {
    if (!error.retryable) {
      // The receiver answered: it is in order, and refuses this one.
      this.#circuit = CLOSED
      this.#endUndelivered(parcel, error.message)
      return true
    }
    this.#pause(error)
    const { giveUpMs } = this.#rules
    if (parcel.isElsewhere) this.#letGo(parcel)
    else if (this.#nowMs() - parcel.firstMs! >= giveUpMs) {
      this.#endUndelivered(parcel, `${error.message}; tried for ${formatDuration(giveUpMs)}`)
    }
    return false
  }

  #pause({ message, retryAfterMs = 0 }: DeliveryError): void {
    const { clock, random } = this.#rules
    this.#circuit = afterFailure(this.#circuit, { reason: message, atMs: clock.wallMs() })
    const waitMs = Math.max(backOffMs(this.#circuit.failures, random()), retryAfterMs)
    this.#nextMs = this.#nowMs() + waitMs
  }

  /** An attempt that was given up on got through after all: no need for another one. */
  #arrivedLate(parcel: Parcel, ending: Ending): void {
    if (ending === 'delivered' && this.#sending !== parcel && this.#queue.includes(parcel)) {
      this.#end(parcel, ending)
    }
  }

  async #refresh(): Promise<void> {
    const { refresh } = this.#notifier
    const firing = this.#firing
    if (refresh === undefined || firing === undefined || firing.alerts.length === 0) return
    if (this.#nowMs() < this.#refreshMs || !this.#rules.allowed()) return
    this.#circuit = onAttempt(this.#circuit)
    try {
      await this.#deadlines.run((signal) => refresh.call(this.#notifier, firing, signal))
      this.#circuit = CLOSED
      this.#refreshMs = this.#nowMs() + this.#rules.refreshMs
    } catch (error) {
      this.#pause(this.#note(error))
    }
  }

  /** It need not be told: it was. */
  #letGo(parcel: Parcel): void {
    this.#remove(parcel)
    this.#claimedElsewhere++
  }

  #endUndelivered(parcel: Parcel, why: string): void {
    if (parcel.isElsewhere) {
      this.#letGo(parcel)
      return
    }
    this.#remove(parcel)
    const { attempts, notice } = parcel
    const of = { notifier: this.#notifier.name, notice, atMs: this.#rules.clock.wallMs() }
    this.#dead.add({ ...of, why, attempts })
    this.#tell({ ...of, result: { kind: 'dead', attempts, why } })
  }

  #tell(outcome: Outcome): void {
    try {
      this.#rules.onOutcome(outcome)
    } catch (error) {
      // Taken for a failed attempt it would send the notice again.
      this.#lastError = { atMs: outcome.atMs, message: wordsOf(error).message }
    }
  }

  #remove(parcel: Parcel): void {
    const place = this.#queue.indexOf(parcel)
    if (place !== -1) this.#queue.splice(place, 1)
  }

  #note(error: unknown): DeliveryError {
    this.#failed++
    const clean = wordsOf(error)
    this.#lastError = { atMs: this.#rules.clock.wallMs(), message: clean.message }
    return clean
  }

  #nowMs(): number {
    return this.#rules.clock.monotonicMs()
  }
}

function newParcel(notice: Notice): Parcel {
  return { notice, attempts: 0, firstMs: undefined, isElsewhere: false }
}
