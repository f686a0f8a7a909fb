import { Counts } from '../measure/counts.ts'
import { addPacked } from '../measure/pack.ts'
import { type Slice, seriesId } from '../measure/slice.ts'
import type { PackedSlice } from './blob.ts'
import { decoded } from './seal.ts'

/** Packed slices added up by series. */
export class Sum {
  readonly #slices = new Map<string, Slice>()

  /** @throws YardstickError `YS_STORE_DATA` on bytes that are no packed counts */
  add(slices: readonly PackedSlice[]): void {
    for (const slice of slices) {
      const { component, name, nested, packed } = slice
      const id = seriesId(slice)
      let mine = this.#slices.get(id)
      if (mine === undefined) {
        mine = { component, name, nested, counts: new Counts() }
        this.#slices.set(id, mine)
      }
      const { counts } = mine
      decoded('stored counts', () => addPacked(counts, packed, 1))
    }
  }

  slices(): readonly Slice[] {
    return [...this.#slices.values()]
  }
}
