import { random } from '../../examples/shop/random.ts'

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

/** A time that goes on by 0 … 60 ms whenever it is asked, mostly by little. */
export function madeUpTime(seed: number): () => number {
  const next = random(seed)
  let ms = 1e6 * next()
  return () => {
    ms += 60 * next() ** 4
    return ms
  }
}
