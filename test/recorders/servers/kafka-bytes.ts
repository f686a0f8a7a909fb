/** Reads the values of a request of Kafka's protocol, one after the other. */
export class KafkaReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int8(): number {
    return this.#bytes.readInt8(this.#skip(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#skip(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#skip(4))
  }

  int64(): number {
    return Number(this.#bytes.readBigInt64BE(this.#skip(8)))
  }

  /** Empty where there is none. */
  text(): string {
    const length = Math.max(0, this.int16())
    const at = this.#skip(length)
    return this.#bytes.toString('utf8', at, at + length)
  }

  bytes(): Buffer {
    const length = Math.max(0, this.int32())
    const at = this.#skip(length)
    return this.#bytes.subarray(at, at + length)
  }

  list<T>(read: () => T): readonly T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read)
  }

  #skip(length: number): number {
    this.#at += length
    return this.#at - length
  }
}

export function int8(value: number): Buffer {
  return Buffer.of(value & 0xff)
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

export function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

export function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)])
}

export function bytes(value: Buffer): Buffer {
  return Buffer.concat([int32(value.length), value])
}

export function list<T>(values: readonly T[], write: (value: T) => readonly Buffer[]): Buffer {
  return Buffer.concat([int32(values.length), ...values.flatMap(write)])
}
