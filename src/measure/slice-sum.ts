import { ByteReader } from './bytes.ts'
import { Counts } from './counts.ts'
import { addPacked } from './pack.ts'
import { type PackedSlice, type Slice, seriesId } from './slice.ts'

/** Packed slices added up by series. */
export class SliceSum {
  readonly #slices = new Map<string, Slice>()
  readonly #onBad: (error: unknown) => void

  /** @param onBad hears of bytes that cannot be read; they are left out, since one bad row must not hide the others */
  constructor(onBad: (error: unknown) => void) {
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
        addPacked(mine.counts, new ByteReader(packed), 1)
      } catch (error) {
        this.#onBad(error)
      }
    }
  }

  slices(): readonly Slice[] {
    return [...this.#slices.values()]
  }
}
