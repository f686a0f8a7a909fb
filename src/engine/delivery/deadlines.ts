import type { Clock } from '../../ground/clock.ts'
import { formatDuration } from '../../ground/duration.ts'
import { DeliveryError } from './delivery-error.ts'

interface Running {
  readonly startedMs: number
  readonly give: (up: DeliveryError) => void
}

/**
 * Work that may take only so long. It has no timer: whoever drives it calls `expire` now and then (the engine, once a
 * second), and a test steps its clock.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #running = new Set<Running>()

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /**
   * The outcome of the work, or a retryable `DeliveryError` once its time is over, whether or not it minds the signal.
   * What it does after that is told to `late`.
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>, late?: (value: T) => void): Promise<T> {
    const controller = new AbortController()
    const over = Promise.withResolvers<never>()
    const running: Running = {
      startedMs: this.#clock.monotonicMs(),
      give: (up) => {
        over.reject(up)
        controller.abort(up)
      },
    }
    this.#running.add(running)
    const outcome = Promise.resolve()
      .then(() => work(controller.signal))
      .then((value) => {
        if (controller.signal.aborted) late?.(value)
        return value
      })
    // Given up on, it may still fail: nobody listens any more, and that must not end the process.
    outcome.catch(() => {})
    try {
      return await Promise.race([outcome, over.promise])
    } finally {
      this.#running.delete(running)
    }
  }

  /** Ends what has had its time. */
  expire(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const { startedMs, give } of this.#running) {
      if (nowMs - startedMs < this.#timeoutMs) continue
      give(new DeliveryError(`no answer within ${formatDuration(this.#timeoutMs)}`, { retryable: true }))
    }
  }

  get any(): boolean {
    return this.#running.size > 0
  }
}
