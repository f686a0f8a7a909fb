import { Counts } from '../measure/counts.ts'
import { type Slice, seriesId } from '../measure/slice.ts'

/** Slices added up by series. What is added is never changed: it may belong to somebody else. */
export class Sum {
  readonly #slices = new Map<string, Slice>()

  add(slices: readonly Slice[]): void {
    for (const { component, name, nested, counts } of slices) {
      const id = seriesId({ component, name, nested })
      let mine = this.#slices.get(id)
      if (mine === undefined) {
        mine = { component, name, nested, counts: new Counts() }
        this.#slices.set(id, mine)
      }
      mine.counts.add(counts)
    }
  }

  get size(): number {
    return this.#slices.size
  }

  slices(): readonly Slice[] {
    return [...this.#slices.values()]
  }
}
