import type { Clock } from '../ground/clock.ts'
import { isOfStore } from './save-queue.ts'
import type { Held, Store } from './store.ts'

/** Whoever looks at the self page again and again asks the store no more often. */
const GOOD_FOR_MS = 10_000

/** How far back the store reaches for a service, whatever retention would allow: the byte cap may have come first. */
export class Holdings {
  readonly #store: Store
  readonly #clock: Clock
  readonly #service: string
  #known: Promise<readonly Held[] | undefined> = Promise.resolve(undefined)
  #askedMs = Number.NEGATIVE_INFINITY

  constructor({
    store,
    clock,
    service,
  }: { readonly store: Store; readonly clock: Clock; readonly service: string }) {
    this.#store = store
    this.#clock = clock
    this.#service = service
  }

  /** By tier, the finest first; `undefined` when the store cannot be asked. */
  read(): Promise<readonly Held[] | undefined> {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#askedMs >= GOOD_FOR_MS) {
      this.#askedMs = nowMs
      this.#known = this.#store.held(this.#service).catch((error: unknown) => {
        if (!isOfStore(error)) throw error
        this.#askedMs = Number.NEGATIVE_INFINITY
        return undefined
      })
    }
    return this.#known
  }
}
