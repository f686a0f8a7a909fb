/** A clock that writes down every time it gives. */
export class LoggedClock {
  readonly given: number[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  readonly now = (): number => {
    const ms = this.#now()
    this.given.push(ms)
    return ms
  }

  /** The time given last. */
  get last(): number {
    return this.given.at(-1)!
  }
}
