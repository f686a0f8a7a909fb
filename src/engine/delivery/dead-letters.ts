import type { Notice } from '../../alerts/notice.ts'

/** A notice that was given up on. */
export interface DeadLetter {
  readonly notifier: string
  readonly notice: Notice
  readonly atMs: number
  readonly why: string
  readonly attempts: number
}

/** What one notifier was not able to deliver, the oldest first; at the bound the oldest is lost, and counted. */
export class DeadLetters {
  readonly #most: number
  #letters: DeadLetter[] = []
  #lost = 0

  constructor(most: number) {
    this.#most = most
  }

  add(letter: DeadLetter): void {
    this.#letters.push(letter)
    if (this.#letters.length <= this.#most) return
    this.#letters.shift()
    this.#lost++
  }

  get all(): readonly DeadLetter[] {
    return [...this.#letters]
  }

  get count(): number {
    return this.#letters.length
  }

  get lost(): number {
    return this.#lost
  }

  /** Takes out those with these notice ids, or all. */
  take(ids: ReadonlySet<string> | undefined): readonly DeadLetter[] {
    const taken = this.#letters.filter(({ notice }) => ids?.has(notice.id) ?? true)
    this.#letters = this.#letters.filter((letter) => !taken.includes(letter))
    return taken
  }
}
