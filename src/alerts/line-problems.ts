import { YardstickError } from '../ground/errors.ts'

const MOST = 10

/** What is wrong with the lines of a file, told at once. */
export class LineProblems {
  readonly #texts: string[] = []
  #more = 0

  /** Runs what reads a line; `undefined` where the line is not what was expected. */
  reading<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof YardstickError)) throw error
      if (this.#texts.length < MOST) this.#texts.push(error.message)
      else this.#more++
      return undefined
    }
  }

  /** @throws YardstickError `YS_SCENARIO` with the first ten problems, a line each, if there are any */
  refuse(): void {
    if (this.#texts.length === 0) return
    const more = this.#more === 0 ? [] : [`… and ${this.#more} more`]
    throw new YardstickError('YS_SCENARIO', [...this.#texts, ...more].join('\n'))
  }
}
