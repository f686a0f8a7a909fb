import { NOON_MS, noticeOf } from '../../../contracts/notifier/notices.ts'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import type { Notice, NoticeAlert } from '../../../src/alerts/notice.ts'
import {
  Delivery,
  DeliveryError,
  type DeliveryOptions,
  type Firing,
  type Notifier,
  type Outcome,
} from '../../../src/engine/delivery.ts'

/** A receiver in the same process that does what a test wants of it next. */
export class Receiver implements Notifier {
  readonly name: string
  readonly heard: string[] = []
  readonly refreshed: (readonly NoticeAlert[])[] = []
  readonly refresh?: (firing: Firing) => Promise<void>
  /** What it does with the next notice; by default it takes it. */
  answer: (notice: Notice, signal: AbortSignal) => Promise<void> = async () => {}

  constructor(name: string, forgets = false) {
    this.name = name
    if (!forgets) return
    this.refresh = async ({ alerts }) => {
      await this.answer(noticeOf(), new AbortController().signal)
      this.refreshed.push(alerts)
    }
  }

  async deliver(notice: Notice, signal: AbortSignal): Promise<void> {
    await this.answer(notice, signal)
    this.heard.push(notice.id)
  }
}

export const outOfOrder = async (): Promise<void> => {
  throw new DeliveryError('answered 503', { retryable: true })
}
export const refusing = async (): Promise<void> => {
  throw new DeliveryError('answered 400', { retryable: false })
}
export const hanging = (): Promise<void> => new Promise(() => {})

export interface Stand {
  readonly clock: SteppedClock
  readonly delivery: Delivery
  readonly receiver: Receiver
  readonly other: Receiver
  readonly outcomes: Outcome[]
  /** A second of the engine: drain, and wait for what ends by itself. */
  tick(ms?: number): Promise<void>
  push(id: string, with_?: Partial<Notice>): void
}

export function stand(options: Partial<DeliveryOptions> = {}, forgets = false): Stand {
  const clock = new SteppedClock(NOON_MS)
  const receiver = new Receiver('slack', forgets)
  const other = new Receiver('email')
  const outcomes: Outcome[] = []
  const delivery = new Delivery({
    clock,
    notifiers: [receiver, other],
    onOutcome: (outcome) => outcomes.push(outcome),
    random: () => 0.5,
    ...options,
  })
  return {
    clock,
    delivery,
    receiver,
    other,
    outcomes,
    async tick(ms = 1_000) {
      clock.step(ms)
      delivery.drain()
      // Some never end: so many turns of the loop are enough for those that do.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    },
    push: (id, with_ = {}) => delivery.push('slack', noticeOf({ id, ...with_ })),
  }
}
