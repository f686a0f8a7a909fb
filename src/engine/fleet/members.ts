import type { Member } from '../snapshot.ts'
import type { StoredFlush } from '../store.ts'

/** Instances that saved nothing for so long are not listed any more. */
const FORGET_MS = 3_600_000
const MOST_MEMBERS = 10_000

/** The instances of a service and how far each one's flushes were taken. */
export class Members {
  readonly #members = new Map<string, Member>()
  readonly #taken = new Map<string, number>()
  /** By our clock: by its own an instance may be hours away, and what is forgotten is taken a second time. */
  readonly #heardMs = new Map<string, number>()

  /** The last flush number taken, by instance. */
  get taken(): ReadonlyMap<string, number> {
    return this.#taken
  }

  get list(): readonly Member[] {
    return [...this.#members.values()]
  }

  hear({ instance, flush, toMs, presence }: StoredFlush, nowMs: number): void {
    const { host, pid, node, version, startedMs, inFlight, runtime } = presence
    const lagMs = Math.max(0, nowMs - toMs)
    this.#taken.set(instance, flush)
    // Anew, so that the one that was silent for longest stands first.
    this.#heardMs.delete(instance)
    this.#heardMs.set(instance, nowMs)
    this.#members.set(instance, {
      ...{ instance, host, pid, node, version, startedMs, inFlight },
      ...{ seenMs: toMs, lagMs, runtime },
    })
  }

  /** What this process saves needs no taking, and it is none of the others. */
  own(instance: string): void {
    this.#members.delete(instance)
    this.#heardMs.delete(instance)
    this.#taken.set(instance, Number.MAX_SAFE_INTEGER)
  }

  forget(nowMs: number): void {
    for (const [instance, heardMs] of this.#heardMs) {
      if (heardMs >= nowMs - FORGET_MS && this.#heardMs.size <= MOST_MEMBERS) return
      this.#heardMs.delete(instance)
      this.#members.delete(instance)
      this.#taken.delete(instance)
    }
  }
}
