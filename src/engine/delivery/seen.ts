/** The last ids that came by, to drop what comes twice. */
export class Seen {
  readonly #most: number
  readonly #ids = new Set<string>()

  constructor(most: number) {
    this.#most = most
  }

  /** Whether it is new; it is not the next time. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    if (this.#ids.size > this.#most) this.#ids.delete(this.#ids.values().next().value!)
    return true
  }

  /** It is new again. */
  delete(id: string): void {
    this.#ids.delete(id)
  }
}
