import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { bytes, int8, int16, int32, int64, KafkaReader, list, text } from './kafka-bytes.ts'
import type { TestServer } from './test-server.ts'

const NODE = 1
const NO_ERROR = 0
const TOPIC_AUTHORIZATION_FAILED = 29
const REBALANCE_IN_PROGRESS = 27
const LATEST = -1
/** Where a batch of records says how many there are, after the first: no other part of it is looked at. */
const LAST_OFFSET_DELTA = 23

interface Kept {
  readonly offset: number
  readonly end: number
  readonly records: Buffer
}

interface Topic {
  readonly batches: Kept[]
  committed: number
}

export interface KafkaStandIn extends TestServer {
  /** Tells every member of a group, once, that the group is being arranged anew. */
  rearrange(): void
}

/**
 * Speaks as much of Kafka's wire protocol as the tests need, because no Kafka can be had here: topics of one partition,
 * groups of one member, transactions without control records. It refuses what is sent to the topic `forbidden`. It proves
 * what the client does, not what a broker does.
 */
export async function kafkaStandIn(): Promise<KafkaStandIn> {
  const broker = new Broker()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let waiting = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk])
      while (waiting.length >= 4 && waiting.length >= waiting.readInt32BE(0) + 4) {
        const request = waiting.subarray(4, waiting.readInt32BE(0) + 4)
        waiting = waiting.subarray(request.length + 4)
        void broker.answer(request).then((reply) => socket.write(bytes(reply)))
      }
    })
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  broker.port = (server.address() as AddressInfo).port
  return {
    port: broker.port,
    rearrange: () => {
      broker.isArranging = true
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

type Reply = readonly Buffer[] | Promise<readonly Buffer[]>

class Broker {
  port = 0
  isArranging = false
  readonly #topics = new Map<string, Topic>()
  readonly #fetching = new Set<() => void>()
  #generation = 0
  /** By number: the one version that is spoken, and what is answered. */
  readonly #requests: Readonly<
    Record<number, readonly [version: number, answer: (read: KafkaReader) => Reply]>
  >

  constructor() {
    this.#requests = {
      0: [3, (read) => this.#produce(read)],
      1: [4, (read) => this.#fetch(read)],
      2: [1, (read) => this.#listOffsets(read)],
      3: [1, (read) => this.#metadata(read)],
      8: [2, (read) => this.#commit(read)],
      9: [1, (read) => this.#committed(read)],
      10: [0, () => [int16(NO_ERROR), ...this.#self()]],
      11: [0, (read) => this.#join(read)],
      12: [0, () => [int16(this.#arranging())]],
      13: [0, () => [int16(NO_ERROR)]],
      14: [0, (read) => this.#sync(read)],
      18: [0, () => this.#versions()],
      22: [0, () => [int32(0), int16(NO_ERROR), int64(7), int16(0)]],
      24: [0, (read) => this.#addPartitions(read)],
      26: [0, () => [int32(0), int16(NO_ERROR)]],
    }
  }

  async answer(request: Buffer): Promise<Buffer> {
    const read = new KafkaReader(request)
    const [key, version, correlation] = [read.int16(), read.int16(), read.int32()]
    read.text()
    const [spoken, reply] = this.#requests[key] ?? []
    if (reply === undefined) throw new Error(`nobody asked for request ${key} so far`)
    // A client that speaks a newer version asks with the oldest again.
    const said = key === 18 && version !== spoken ? [int16(35), int32(0)] : await reply(read)
    return Buffer.concat([int32(correlation), ...said])
  }

  #versions(): readonly Buffer[] {
    const spoken = Object.entries(this.#requests)
    const each = ([key, [version]]: (typeof spoken)[number]): readonly Buffer[] => [
      int16(Number(key)),
      int16(version),
      int16(version),
    ]
    return [int16(NO_ERROR), list(spoken, each)]
  }

  #self(): readonly Buffer[] {
    return [int32(NODE), text('127.0.0.1'), int32(this.port)]
  }

  #topic(name: string): Topic {
    const topic = this.#topics.get(name) ?? { batches: [], committed: -1 }
    this.#topics.set(name, topic)
    return topic
  }

  #metadata(read: KafkaReader): readonly Buffer[] {
    const names = read.list(() => read.text())
    const partition = [int16(NO_ERROR), int32(0), int32(NODE), list([NODE], one), list([NODE], one)]
    return [
      list([NODE], () => [...this.#self(), int16(-1)]),
      int32(NODE),
      list(names, (name) => [int16(NO_ERROR), text(name), int8(0), list([0], () => partition)]),
    ]
  }

  #produce(read: KafkaReader): readonly Buffer[] {
    read.text()
    read.int16()
    read.int32()
    const asked = topicsOf(read, () => read.bytes())
    const reply = answered(asked, (name, records) => {
      if (name === 'forbidden') return [int16(TOPIC_AUTHORIZATION_FAILED), int64(-1), int64(-1)]
      const { batches } = this.#topic(name)
      const offset = endOf(batches)
      records.writeBigInt64BE(BigInt(offset), 0)
      batches.push({ offset, end: offset + records.readInt32BE(LAST_OFFSET_DELTA) + 1, records })
      return [int16(NO_ERROR), int64(offset), int64(-1)]
    })
    for (const wake of this.#fetching) wake()
    return [reply, int32(0)]
  }

  async #fetch(read: KafkaReader): Promise<readonly Buffer[]> {
    read.int32()
    const atMostMs = read.int32()
    read.int32()
    read.int32()
    read.int8()
    const asked = topicsOf(read, () => [read.int64(), read.int32()] as const)
    const isThere = (): boolean =>
      asked.some(({ name, partitions }) =>
        partitions.some(([, [from]]) => from < endOf(this.#topic(name).batches)),
      )
    if (!isThere()) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(late)
          this.#fetching.delete(wake)
          resolve()
        }
        const late = setTimeout(wake, atMostMs)
        this.#fetching.add(wake)
      })
    }
    const reply = answered(asked, (name, [from]) => {
      const { batches } = this.#topic(name)
      const found = batches.filter(({ end }) => end > from).map(({ records }) => records)
      const end = int64(endOf(batches))
      return [int16(NO_ERROR), end, end, int32(-1), bytes(Buffer.concat(found))]
    })
    return [int32(0), reply]
  }

  #listOffsets(read: KafkaReader): readonly Buffer[] {
    read.int32()
    const asked = topicsOf(read, () => read.int64())
    const reply = answered(asked, (name, time) => {
      return [int16(NO_ERROR), int64(-1), int64(time === LATEST ? endOf(this.#topic(name).batches) : 0)]
    })
    return [reply]
  }

  /** Everybody who joins is alone in the group, and leads it. */
  #join(read: KafkaReader): readonly Buffer[] {
    read.text()
    read.int32()
    read.text()
    read.text()
    const [protocol] = read.list(() => [read.text(), read.bytes()] as const)
    const [name, metadata] = protocol!
    this.#generation++
    const member = text('member')
    return [
      int16(NO_ERROR),
      int32(this.#generation),
      text(name),
      member,
      member,
      list([metadata], (each) => [member, bytes(each)]),
    ]
  }

  #sync(read: KafkaReader): readonly Buffer[] {
    read.text()
    read.int32()
    read.text()
    const [assignment] = read.list(() => [read.text(), read.bytes()] as const)
    return [int16(NO_ERROR), bytes(assignment![1])]
  }

  #arranging(): number {
    if (!this.isArranging) return NO_ERROR
    this.isArranging = false
    return REBALANCE_IN_PROGRESS
  }

  #commit(read: KafkaReader): readonly Buffer[] {
    read.text()
    read.int32()
    read.text()
    read.int64()
    const asked = topicsOf(read, () => [read.int64(), read.text()] as const)
    const reply = answered(asked, (name, [offset]) => {
      this.#topic(name).committed = offset
      return [int16(NO_ERROR)]
    })
    return [reply]
  }

  #committed(read: KafkaReader): readonly Buffer[] {
    read.text()
    const asked = topicsOf(read, () => undefined)
    return [answered(asked, (name) => [int64(this.#topic(name).committed), text(''), int16(NO_ERROR)])]
  }

  #addPartitions(read: KafkaReader): readonly Buffer[] {
    read.text()
    read.int64()
    read.int16()
    const asked = topicsOf(read, () => undefined)
    return [int32(0), answered(asked, () => [int16(NO_ERROR)])]
  }
}

interface Asked<T> {
  readonly name: string
  readonly partitions: readonly (readonly [partition: number, what: T])[]
}

function topicsOf<T>(read: KafkaReader, what: () => T): readonly Asked<T>[] {
  return read.list(() => ({
    name: read.text(),
    partitions: read.list(() => [read.int32(), what()] as const),
  }))
}

function answered<T>(
  asked: readonly Asked<T>[],
  answer: (topic: string, what: T) => readonly Buffer[],
): Buffer {
  return list(asked, ({ name, partitions }) => [
    text(name),
    list(partitions, ([partition, what]) => [int32(partition), ...answer(name, what)]),
  ])
}

function one(value: number): readonly Buffer[] {
  return [int32(value)]
}

function endOf(batches: readonly Kept[]): number {
  return batches.at(-1)?.end ?? 0
}
