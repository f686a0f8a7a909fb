/** With more gaps than this the oldest is closed: what is missing there is not going to come any more. */
const MOST_RANGES = 256

/**
 * Which flush numbers of one instance were taken in: a set kept as ranges, one for an instance that lost nothing.
 * Makes a repeated save harmless after its row was folded into a sum, and a late one welcome.
 */
export class FlushRanges {
  readonly #ranges: [first: number, last: number][]

  /** @param text as written by `toString`; default: empty */
  constructor(text: string = '[]') {
    this.#ranges = JSON.parse(text) as [number, number][]
  }

  has(flush: number): boolean {
    return this.#ranges.some(([first, last]) => first <= flush && flush <= last)
  }

  add(flush: number): void {
    if (this.has(flush)) return
    const ranges = this.#ranges
    const at = ranges.findIndex(([first]) => first > flush)
    const next = at === -1 ? ranges.length : at
    const joinsLast = next > 0 && ranges[next - 1]![1] === flush - 1
    const joinsNext = next < ranges.length && ranges[next]![0] === flush + 1
    if (joinsLast && joinsNext) {
      ranges[next - 1]![1] = ranges[next]![1]
      ranges.splice(next, 1)
    } else if (joinsLast) ranges[next - 1]![1] = flush
    else if (joinsNext) ranges[next]![0] = flush
    else ranges.splice(next, 0, [flush, flush])
    if (ranges.length > MOST_RANGES) ranges.splice(0, 2, [ranges[0]![0], ranges[1]![1]])
  }

  toString(): string {
    return JSON.stringify(this.#ranges)
  }
}
