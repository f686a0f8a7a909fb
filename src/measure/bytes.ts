const floatBytes = new Uint8Array(8)
const float = new DataView(floatBytes.buffer)

/** Largest number that is packed, and the bytes that it takes. */
const LARGEST = 2 ** 63
const LONGEST = 10

/** One byte a character. */
const PLAIN = /^[ -~]*$/

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Writes whole numbers as varints (7 bits a byte, low first), other numbers and short texts, for packed counts. */
export class ByteWriter {
  #bytes: Uint8Array
  #at = 0

  /** @param scratch to write into while it is large enough; `finish` gives a copy */
  constructor(scratch: Uint8Array = new Uint8Array(256)) {
    this.#bytes = scratch
  }

  /** @throws RangeError for anything but a safe integer ≥ 0 */
  uint(value: number): void {
    this.#varint(value, Number.MAX_SAFE_INTEGER)
  }

  /**
   * A sum in steps of the grid: a wrong unit makes sums beyond 2⁵³, which are whole and exact all the same.
   *
   * @throws RangeError for anything but a whole number from 0 to 2⁶³
   */
  sum(value: number): void {
    this.#varint(value, LARGEST)
  }

  #varint(value: number, largest: number): void {
    if (!(value >= 0 && value <= largest && Number.isInteger(value))) {
      throw new RangeError(`only whole numbers from 0 on can be packed, got ${value}`)
    }
    if (this.#at + LONGEST > this.#bytes.length) this.#grow(LONGEST)
    // Nearly all of them.
    if (value <= 127) {
      this.#bytes[this.#at++] = value
      return
    }
    let rest = value
    // Not by bit operators: sums need 53 bits, and dividing by a power of two stays exact beyond them.
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  float(value: number): void {
    float.setFloat64(0, value, true)
    this.bytes(floatBytes)
  }

  text(value: string): void {
    // Nearly all names, thousands a second: an encoded copy of each was a twentieth of all garbage.
    if (PLAIN.test(value)) {
      this.uint(value.length)
      if (this.#at + value.length > this.#bytes.length) this.#grow(value.length)
      for (let i = 0; i < value.length; i++) this.#bytes[this.#at++] = value.charCodeAt(i)
      return
    }
    const encoded = encoder.encode(value)
    this.uint(encoded.length)
    this.bytes(encoded)
  }

  bytes(value: Uint8Array): void {
    if (this.#at + value.length > this.#bytes.length) this.#grow(value.length)
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  finish(): Uint8Array {
    return this.written.slice()
  }

  /** What was written, in the writer's own memory. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  #grow(need: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + need))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

/** Reads what a `ByteWriter` wrote. Throws a RangeError on bytes that end too early and on numbers it cannot hold. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #end: number
  #at: number

  /** Default: all of the bytes. A part of them needs no view of its own. */
  constructor(bytes: Uint8Array, from = 0, length: number = bytes.length - from) {
    this.#bytes = bytes
    this.#at = from
    this.#end = from + length
  }

  uint(): number {
    return this.#varint(Number.MAX_SAFE_INTEGER)
  }

  sum(): number {
    return this.#varint(LARGEST)
  }

  #varint(largest: number): number {
    const first = this.#at < this.#end ? this.#bytes[this.#at]! : 128
    // Nearly all of them.
    if (first < 128) {
      this.#at++
      return first
    }
    let value = 0
    let scale = 1
    for (;;) {
      if (this.#at >= this.#end) throw new RangeError('packed counts end too early')
      const byte = this.#bytes[this.#at++]!
      const part = (byte & 127) * scale
      const sum = value + part
      // A number with more than 53 significant bits was not written by us.
      if (sum > largest || sum - part !== value)
        throw new RangeError('packed counts hold a number that is too large')
      value = sum
      if (byte < 128) return value
      scale *= 128
    }
  }

  /** Passes over whole numbers. */
  skip(numbers: number): void {
    for (let left = numbers; left > 0; left--) {
      let byte = 128
      while (byte >= 128) {
        if (this.#at >= this.#end) throw new RangeError('packed counts end too early')
        byte = this.#bytes[this.#at++]!
      }
    }
  }

  float(): number {
    if (this.#at + 8 > this.#end) throw new RangeError('packed counts end too early')
    for (let i = 0; i < 8; i++) floatBytes[i] = this.#bytes[this.#at++]!
    return float.getFloat64(0, true)
  }

  text(): string {
    return decoder.decode(this.bytes(this.uint()))
  }

  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#end) throw new RangeError('packed counts end too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  get done(): boolean {
    return this.#at >= this.#end
  }
}
