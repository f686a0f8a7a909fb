import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { required } from '../libraries.ts'
import type { TestServer } from './test-server.ts'

interface Bson {
  readonly Long: { fromNumber(value: number): object }
  serialize(document: object): Uint8Array
  deserialize(bytes: Uint8Array): Readonly<Record<string, unknown>>
}

/** Bytes of a message's head, and of an OP_MSG's flags and the kind of its first section. */
const HEAD = 16
const BODY = HEAD + 5
const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
/** What a client is told that this server can do. */
const HELLO = { ok: 1, isWritablePrimary: true, ismaster: true, helloOk: true, maxBsonObjectSize: 16_777_216 }
const ABLE = {
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 1000,
  minWireVersion: 0,
  maxWireVersion: 21,
}

/**
 * Speaks as much of MongoDB's wire protocol as the tests need, because no MongoDB can be had here: greetings, `find`
 * with two batches, `insert`, and refusals. It proves what the driver does, not what a server does.
 */
export async function mongoStandIn(): Promise<TestServer> {
  const bson = required<Bson>('bson')
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let waiting = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk])
      while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
        const message = waiting.subarray(0, waiting.readInt32LE(0))
        waiting = waiting.subarray(message.length)
        answer(socket, message, bson)
      }
    })
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(socket: Socket, message: Buffer, bson: Bson): void {
  const id = message.readInt32LE(4)
  if (message.readInt32LE(12) === OP_QUERY) {
    const rest = Buffer.alloc(20)
    rest.writeInt32LE(1, 16)
    send(socket, id, OP_REPLY, [rest, bson.serialize({ ...HELLO, ...ABLE })])
    return
  }
  const asked = bson.deserialize(message.subarray(BODY, BODY + message.readInt32LE(BODY)))
  // A monitor that wants to be told of changes is not answered: nothing changes.
  if ('hello' in asked && 'topologyVersion' in asked) return
  send(socket, id, OP_MSG, [Buffer.alloc(5), bson.serialize(reply(asked, bson))])
}

function reply(asked: Readonly<Record<string, unknown>>, { Long }: Bson): object {
  const [name] = Object.keys(asked)
  if (name === 'hello' || name === 'ismaster') return { ...HELLO, ...ABLE }
  if (asked.find === 'broken') return { ok: 0, errmsg: 'broken', code: 2, codeName: 'BadValue' }
  const ns = `test.${asked.find ?? asked.collection}`
  if (asked.insert === 'taken')
    return { ok: 1, n: 0, writeErrors: [{ index: 0, code: 11000, errmsg: 'taken' }] }
  if (asked.insert === 'alone') return { ok: 1, n: 1, writeConcernError: { code: 64, errmsg: 'alone' } }
  if (name === 'find')
    return {
      ok: 1,
      cursor: {
        id: Long.fromNumber(asked.singleBatch === true ? 0 : 7),
        ns,
        firstBatch: [{ _id: 1, name: 'Ann' }],
      },
    }
  if (name === 'getMore')
    return { ok: 1, cursor: { id: Long.fromNumber(0), ns, nextBatch: [{ _id: 2, name: 'Bob' }] } }
  return { ok: 1, n: 1 }
}

function send(socket: Socket, to: number, code: number, parts: readonly Uint8Array[]): void {
  const head = Buffer.alloc(HEAD)
  head.writeInt32LE(
    parts.reduce((sum, { length }) => sum + length, HEAD),
    0,
  )
  head.writeInt32LE(to, 8)
  head.writeInt32LE(code, 12)
  socket.write(Buffer.concat([head, ...parts]))
}
