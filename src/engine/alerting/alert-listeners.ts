import type { AlertNews } from './alert-news.ts'

export type AlertCallback = (news: AlertNews) => unknown

/** A callback that has so many promises open hangs: it is not called until one of them settles. */
const MOST_OPEN = 20

/** The application's callbacks. One that throws, rejects or hangs hurts neither the application nor the others. */
export class AlertListeners {
  readonly #onError: (error: unknown) => void
  readonly #callbacks = new Map<AlertCallback, { open: number }>()

  /** @param onError hears of each failure, so that it is counted and shown */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  get size(): number {
    return this.#callbacks.size
  }

  /** @returns takes it off again */
  add(callback: AlertCallback): () => void {
    this.#callbacks.set(callback, { open: 0 })
    return () => void this.#callbacks.delete(callback)
  }

  hear(news: AlertNews): void {
    for (const [callback, calls] of this.#callbacks) this.#call(callback, calls, news)
  }

  #call(callback: AlertCallback, calls: { open: number }, news: AlertNews): void {
    if (calls.open >= MOST_OPEN) {
      this.#onError(
        new Error(
          `a callback of onAlert hangs: ${calls.open} calls of it have not ended; it misses an event`,
        ),
      )
      return
    }
    try {
      const result = callback(news)
      if (!isThenable(result)) return
      calls.open++
      // Any promise-like, also of another realm: of such a one only `then` can be relied on.
      const ended = (): void => {
        calls.open--
      }
      Promise.resolve(result).then(ended, (error) => {
        ended()
        this.#onError(error)
      })
    } catch (error) {
      this.#onError(error)
    }
  }
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return (
    typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function'
  )
}
