import { Levels } from '../measure/levels.ts'
import { type SparseUsers, Users } from '../measure/users.ts'

const SECONDS = 60

/** Who was there in the last minute, and how the event loops' time was spread over numbers in flight since the start. */
export class Concurrency {
  readonly #seconds: { readonly atMs: number; readonly users: readonly SparseUsers[] }[] = []
  readonly levels: Levels = new Levels()
  inFlight = 0

  add(atMs: number, users: readonly SparseUsers[], levels: Levels, inFlight: number): void {
    this.#seconds.push({ atMs, users })
    while (this.#seconds.length > SECONDS || this.#seconds[0]!.atMs <= atMs - SECONDS * 1000)
      this.#seconds.shift()
    this.levels.merge(levels)
    this.inFlight = inFlight
  }

  /** Distinct users with a request in the last 60 s; standard error 1.6 %. */
  users(): number {
    const union = new Users()
    for (const { users } of this.#seconds) for (const seen of users) union.mergeSparse(seen)
    return union.estimate()
  }
}
