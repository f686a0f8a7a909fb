const MINUTE_MS = 60_000

interface Reading {
  readonly atMs: number
  readonly part: number
  readonly whole: number
}

/** What part two figures that only grow had of each other over the last minute. */
export class Minute {
  #readings: Reading[] = []

  note(atMs: number, part: number, whole: number): void {
    this.#readings.push({ atMs, part, whole })
    // The newest that is a minute old stays: from there on it is a minute.
    const from = this.#readings.findLastIndex((reading) => reading.atMs <= atMs - MINUTE_MS)
    if (from > 0) this.#readings.splice(0, from)
  }

  /** 0 where nothing has grown. */
  get share(): number {
    const first = this.#readings[0]
    const last = this.#readings.at(-1)
    if (first === undefined || last === undefined || last.whole <= first.whole) return 0
    return (last.part - first.part) / (last.whole - first.whole)
  }
}
