import { Levels } from '../measure/levels.ts'
import { type SparseUsers, Users } from '../measure/users.ts'

const MINUTE_MS = 60_000
/** An instance that saved nothing for so long is gone, and its requests with it. */
export const GONE_MS = 30_000

/** What is known of one moment of one process. */
export interface Crowd {
  readonly users: readonly SparseUsers[]
  readonly levels: Levels
  readonly inFlight: number
}

/** Who was there in the last minute, and how the event loops' time was spread over numbers in flight since the start. */
export class Concurrency {
  readonly #seen: { readonly atMs: number; readonly users: readonly SparseUsers[] }[] = []
  readonly #others = new Map<string, { readonly atMs: number; readonly inFlight: number }>()
  readonly levels: Levels = new Levels()
  #atMs = Number.NEGATIVE_INFINITY
  /** Requests of this process that are started and not finished. */
  own = 0

  /** What this process has read. */
  read(atMs: number, { users, levels, inFlight }: Crowd): void {
    this.#atMs = Math.max(atMs, this.#atMs)
    this.#note(atMs, users, levels)
    this.own = inFlight
    for (const [instance, other] of this.#others) {
      if (other.atMs < this.#atMs - GONE_MS) this.#others.delete(instance)
    }
  }

  /** What another instance has saved. */
  hear(
    instance: string,
    atMs: number,
    { users, levels, inFlight }: Omit<Crowd, 'users'> & { readonly users: SparseUsers },
  ): void {
    this.#note(atMs, [users], levels)
    this.#others.set(instance, { atMs, inFlight })
  }

  /** Requests started and not finished, over all instances that are alive. */
  get inFlight(): number {
    let sum = this.own
    for (const { inFlight } of this.#others.values()) sum += inFlight
    return sum
  }

  /** Distinct users with a request in the last 60 s; standard error 1.6 %. */
  users(): number {
    const union = new Users()
    for (const { atMs, users } of this.#seen) {
      if (atMs > this.#atMs - MINUTE_MS) for (const seen of users) union.mergeSparse(seen)
    }
    return union.estimate()
  }

  #note(atMs: number, users: readonly SparseUsers[], levels: Levels): void {
    if (users.some(({ places }) => places.length > 0)) this.#seen.push({ atMs, users })
    // What other instances tell comes in no order: a late one goes when all before it have gone.
    const gone = this.#seen.findIndex((second) => second.atMs > this.#atMs - MINUTE_MS)
    if (gone !== 0) this.#seen.splice(0, gone === -1 ? this.#seen.length : gone)
    this.levels.merge(levels)
  }
}
