import { ByteReader } from './bytes.ts'

/** As large as a piece of memory must be for the system to take it back by itself when it is let go. */
const LARGEST = 2 ** 17
const FIRST = 2 ** 12

interface Slab {
  readonly bytes: Uint8Array
  /** How much of it somebody needs. */
  used: number
}

/**
 * Memory for many short runs of bytes that go in about the order in which they came, as closed slots do: those of all
 * series close together and leave their window together, so that a slab empties as a whole and nothing has to be
 * moved. (A buffer for each series had to be a quarter larger than what was in it, and its many sizes left holes in
 * the allocator's heap that were never given back.)
 */
export class Slabs {
  /** By number; a number is used again once its slab is let go. */
  readonly #slabs: (Slab | undefined)[] = []
  #filling = -1
  #end = 0
  #spare: Uint8Array | undefined
  /** Over all slabs. */
  #used = 0

  /**
   * Keeps a copy of bytes.
   *
   * @returns their place, which `at`, `read` and `release` ask for
   */
  put(bytes: Uint8Array): number {
    let slab = this.#slabs[this.#filling]
    if (slab === undefined || this.#end + bytes.length > slab.bytes.length) slab = this.#next(bytes.length)
    slab.bytes.set(bytes, this.#end)
    slab.used += bytes.length
    this.#used += bytes.length
    const place = this.#filling * LARGEST + this.#end
    this.#end += bytes.length
    return place
  }

  /** The bytes at a place, not a copy: good until they are released. */
  at(place: number, length: number): Uint8Array {
    const from = place % LARGEST
    return this.#slabs[Math.floor(place / LARGEST)]!.bytes.subarray(from, from + length)
  }

  /** Reads the bytes at a place without a view of them, for thousands of slots a second. */
  read(place: number, length: number): ByteReader {
    return new ByteReader(this.#slabs[Math.floor(place / LARGEST)]!.bytes, place % LARGEST, length)
  }

  /** Lets go of bytes. */
  release(place: number, length: number): void {
    const number = Math.floor(place / LARGEST)
    const slab = this.#slabs[number]!
    slab.used -= length
    this.#used -= length
    if (this.#used === 0) this.#clear()
    else if (slab.used === 0) this.#empty(number, slab)
  }

  #empty(number: number, { bytes }: Slab): void {
    if (number === this.#filling) {
      this.#end = 0
      return
    }
    this.#slabs[number] = undefined
    // One is enough: windows let go of as much as comes in.
    this.#spare = bytes
  }

  #clear(): void {
    this.#slabs.length = 0
    this.#filling = -1
    this.#spare = undefined
  }

  #next(length: number): Slab {
    const before = this.#slabs[this.#filling]?.bytes.length ?? FIRST / 2
    const wanted = Math.max(Math.min(before * 2, LARGEST), length)
    const spare = this.#spare
    this.#spare = undefined
    const bytes = spare !== undefined && spare.length >= wanted ? spare : new Uint8Array(wanted)
    const slab = { bytes, used: 0 }
    const free = this.#slabs.indexOf(undefined)
    this.#filling = free === -1 ? this.#slabs.length : free
    this.#slabs[this.#filling] = slab
    this.#end = 0
    return slab
  }
}
