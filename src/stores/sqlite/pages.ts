/** From 32 MiB on glibc always takes memory from the system and gives it back; only what is written to is really used. */
const PAGE_BYTES = 2 ** 25

/**
 * Blobs that are read together and let go together, copied one behind the other. As SQLite's own copies, each an
 * allocation of its own until some collection, those of a day left 13 MB of holes in the allocator's heap.
 */
export class Pages {
  readonly #pages: Uint8Array<ArrayBuffer>[] = []
  #filling = 0
  #end = 0

  /** Moves a blob that has a buffer to itself; it can't be used any more. */
  move(blob: Uint8Array<ArrayBuffer>): Uint8Array {
    const page = this.#pageFor(blob.length)
    page.set(blob, this.#end)
    const moved = page.subarray(this.#end, this.#end + blob.length)
    this.#end += blob.length
    free(blob)
    return moved
  }

  #pageFor(length: number): Uint8Array<ArrayBuffer> {
    for (; ; this.#filling++, this.#end = 0) {
      const page = this.#pages[this.#filling] ?? new Uint8Array(Math.max(PAGE_BYTES, length))
      this.#pages[this.#filling] = page
      if (this.#end + length <= page.length) return page
    }
  }

  /** Writes over what was moved here from now on. */
  reuse(): void {
    this.#filling = 0
    this.#end = 0
  }

  /** Gives the memory back; nothing that was moved here can be read any more. */
  close(): void {
    for (const page of this.#pages) free(page)
    this.#pages.length = 0
    this.reuse()
  }
}

/** Now, not when it is collected. */
function free({ buffer }: Uint8Array<ArrayBuffer>): void {
  buffer.transfer(0)
}
