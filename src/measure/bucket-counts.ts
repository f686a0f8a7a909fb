import type { ByteReader, ByteWriter } from './bytes.ts'

/** A dense range grows in steps of this many places, so that one that widens slowly is not copied every time. */
const STEP = 32
const LARGEST = 2 ** 32 - 1

/** Four bytes a place while they hold every count; a fleet's day can count more in one bucket. */
type Dense = Uint32Array | Float64Array
const NOTHING = new Uint32Array(0)

/** Told of a place in use; gives `true` to hear no more. */
export type PlaceVisitor = (place: number, count: number) => unknown

/**
 * Counts by place (see `placeOf`). A second's slice fills a few places far apart and lives for a moment: it is kept as
 * a list. A window fills its range and stays: it becomes a dense array between its lowest and highest place. (Dense
 * arrays for slices too took twice the time of a cycle and 200 MB more, as each is allocated outside the heap; arrays
 * of plain numbers for windows took twice the memory, of the kind that the collector has to copy and keep room for.)
 */
export class BucketCounts {
  /** The list, ascending by place, of which the first `#used` count; none once `#dense` is there. */
  #places: number[] = []
  #counts: number[] = []
  #used = 0
  #dense: Dense | undefined
  /** Place of the dense array's first count. */
  #low = 0

  /** Fastest in ascending order of places. */
  add(place: number, count: number): void {
    if (this.#dense === undefined) {
      if (this.#used === 0 || place > this.#places[this.#used - 1]!) {
        this.#places[this.#used] = place
        this.#counts[this.#used++] = count
        return
      }
      this.#spread()
    }
    this.#cover(place, place)
    this.#put(place - this.#low, count)
  }

  merge(other: BucketCounts, sign: 1 | -1 = 1): void {
    const theirs = other.#dense
    if (theirs === undefined) {
      for (let i = 0; i < other.#used; i++) this.add(other.#places[i]!, sign * other.#counts[i]!)
      return
    }
    this.#spread()
    if (theirs.length === 0) return
    this.#cover(other.#low, other.#low + theirs.length - 1)
    const shift = other.#low - this.#low
    for (let i = 0; i < theirs.length; i++) {
      const count = theirs[i]!
      if (count !== 0) this.#put(i + shift, sign * count)
    }
  }

  /** Writes how many places are in use, then of each the distance from the one before and its count. */
  pack(out: ByteWriter): void {
    const counts = this.#dense ?? this.#counts
    let used = 0
    for (let i = 0; i < this.size; i++) if (counts[i] !== 0) used++
    out.uint(used)
    let last = 0
    for (let i = 0; i < this.size; i++) {
      const count = counts[i]!
      if (count === 0) continue
      const place = this.#place(i)
      out.uint(place - last)
      out.uint(count)
      last = place
    }
  }

  /**
   * Adds what `pack` wrote, or takes it away again.
   *
   * @throws RangeError for a place from `end` on
   */
  addPacked(from: ByteReader, sign: 1 | -1, end: number): void {
    let place = 0
    for (let left = from.uint(); left > 0; left--) {
      place += from.uint()
      if (place >= end) throw new RangeError('packed counts hold a bucket that does not exist')
      this.add(place, sign * from.uint())
    }
  }

  /** Sets every count to 0 and keeps the room. */
  reset(): void {
    this.#used = 0
    this.#dense?.fill(0)
  }

  /** Places in use with their counts, ascending; `visit` is faster. */
  *entries(): Generator<readonly [place: number, count: number]> {
    const counts = this.#dense ?? this.#counts
    for (let i = 0; i < this.size; i++) if (counts[i] !== 0) yield [this.#place(i), counts[i]!]
  }

  /** Visits the places in use, ascending. */
  visit(visitor: PlaceVisitor): void {
    const counts = this.#dense ?? this.#counts
    for (let i = 0; i < this.size; i++) {
      if (counts[i] !== 0 && visitor(this.#place(i), counts[i]!) === true) return
    }
  }

  /**
   * The place where, counted from the lower or the upper end, `rank` is reached, and which part (0–1) of its count, seen
   * from that end, it takes to get there.
   */
  reach(rank: number, down: boolean): { readonly place: number; readonly part: number } {
    const counts = this.#dense ?? this.#counts
    let seen = 0
    const { size } = this
    let last = -1
    for (let i = 0; i < size; i++) {
      const index = down ? size - 1 - i : i
      const count = counts[index]!
      if (count === 0) continue
      last = index
      if (seen + count >= rank) return { place: this.#place(index), part: (rank - seen) / count }
      seen += count
    }
    return { place: this.#place(last), part: 1 }
  }

  /** Places that are kept, in use or not. */
  get size(): number {
    return this.#dense?.length ?? this.#used
  }

  total(): number {
    const counts = this.#dense ?? this.#counts
    let total = 0
    for (let i = 0; i < this.size; i++) total += counts[i]!
    return total
  }

  #put(index: number, count: number): void {
    const sum = this.#dense![index]! + count
    if ((sum > LARGEST || sum < 0) && this.#dense instanceof Uint32Array)
      this.#dense = Float64Array.from(this.#dense)
    this.#dense![index] = sum
  }

  #place(index: number): number {
    return this.#dense === undefined ? this.#places[index]! : this.#low + index
  }

  #spread(): void {
    if (this.#dense !== undefined) return
    this.#dense = NOTHING
    if (this.#used === 0) return
    this.#cover(this.#places[0]!, this.#places[this.#used - 1]!)
    for (let i = 0; i < this.#used; i++) this.#put(this.#places[i]! - this.#low, this.#counts[i]!)
    this.#places = []
    this.#counts = []
    this.#used = 0
  }

  #cover(from: number, to: number): void {
    const dense = this.#dense!
    if (dense.length > 0 && from >= this.#low && to < this.#low + dense.length) return
    const low = from - (from % STEP)
    const high = to - (to % STEP) + STEP
    const wide = dense.length === 0 ? low : Math.min(low, this.#low)
    const end = dense.length === 0 ? high : Math.max(high, this.#low + dense.length)
    const grown = dense instanceof Uint32Array ? new Uint32Array(end - wide) : new Float64Array(end - wide)
    if (dense.length > 0) grown.set(dense, this.#low - wide)
    this.#low = wide
    this.#dense = grown
  }
}
