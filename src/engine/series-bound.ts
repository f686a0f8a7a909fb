import { OTHER } from '../measure/series-name.ts'
import { type SeriesKey, seriesId } from '../measure/slice.ts'

/**
 * Holds the number of series a service has: many threads and processes may each stay under their limit and together
 * invent too many names. What comes too late is counted in its component's `(other)`.
 */
export class SeriesBound {
  readonly #known = new Set<string>()
  readonly #limit: number
  #folded = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Where operations of a series are counted.
   *
   * @param id the key's, for those who know it
   */
  place(key: SeriesKey, operations: number, id: string = seriesId(key)): SeriesKey {
    if (this.#known.has(id)) return key
    const { component, name, nested } = key
    if (name !== OTHER && this.#known.size >= this.#limit) {
      this.#folded += operations
      return { component, name: OTHER, nested }
    }
    this.#known.add(id)
    return key
  }

  /** Frees the places of series that nothing is known of any more. */
  forget(series: readonly string[]): void {
    for (const id of series) this.#known.delete(id)
  }

  get used(): number {
    return this.#known.size
  }

  /** Operations that were counted in `(other)`. */
  get folded(): number {
    return this.#folded
  }
}
