import type { YardstickError } from '../ground/errors.ts'
import { Counts } from '../measure/counts.ts'
import { addPacked } from '../measure/pack.ts'
import { type PackedSlice, type Slice, seriesId } from '../measure/slice.ts'
import { unreadable } from './seal.ts'

/** Hears of stored bytes that cannot be read; they are left out, since one bad row must not hide the others. */
export type OnBad = (error: YardstickError) => void

/** Packed slices added up by series. */
export class Sum {
  readonly #slices = new Map<string, Slice>()
  readonly #onBad: OnBad

  constructor(onBad: OnBad) {
    this.#onBad = onBad
  }

  add(slices: readonly PackedSlice[]): void {
    for (const slice of slices) {
      const { component, name, nested, packed } = slice
      const id = seriesId(slice)
      let mine = this.#slices.get(id)
      if (mine === undefined) {
        mine = { component, name, nested, counts: new Counts() }
        this.#slices.set(id, mine)
      }
      try {
        addPacked(mine.counts, packed, 1)
      } catch (error) {
        this.#onBad(unreadable('stored counts', error))
      }
    }
  }

  slices(): readonly Slice[] {
    return [...this.#slices.values()]
  }
}
