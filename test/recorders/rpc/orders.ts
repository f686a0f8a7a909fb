import type { EventEmitter } from 'node:events'
import { required } from '../libraries.ts'

type Answer = (error: unknown, value?: unknown) => void
export interface Order {
  readonly id: string
}
/** What a handler is given, and what a client is given for a call. */
export interface Call extends EventEmitter {
  readonly request: Order
  readonly cancelled: boolean
  write(order: Order): boolean
  end(): void
  cancel(): void
}
export interface Client {
  get(order: Order, ...given: unknown[]): Call
  list(order: Order, ...given: unknown[]): Call
  put(...given: unknown[]): Call
  talk(...given: unknown[]): Call
  nothing(order: Order, ...given: unknown[]): Call
  close(): void
}
interface Server {
  addService(service: object, handlers: object): void
  bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void
  start(): void
  forceShutdown(): void
}
export interface Grpc {
  readonly Server: new (options?: object) => Server
  readonly ServerCredentials: { createInsecure(): unknown }
  readonly credentials: { createInsecure(): unknown }
  readonly Metadata: new () => unknown
  makeGenericClientConstructor(
    service: object,
    name: string,
  ): new (
    address: string,
    credentials: unknown,
  ) => Client
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const parsed = (text: Buffer): unknown => JSON.parse(text.toString())

function method(path: string, requestStream: boolean, responseStream: boolean): object {
  const both = {
    requestSerialize: json,
    requestDeserialize: parsed,
    responseSerialize: json,
    responseDeserialize: parsed,
  }
  return { path, requestStream, responseStream, ...both }
}

const SERVED = {
  get: method('/shop.Orders/Get', false, false),
  list: method('/shop.Orders/List', false, true),
  put: method('/shop.Orders/Put', true, false),
  talk: method('/shop.Orders/Talk', true, true),
}
const ASKED = { ...SERVED, nothing: method('/shop.Orders/Secret4111111111111111', false, false) }

/** A shop's orders, served and asked for over gRPC. */
export interface Orders {
  readonly grpc: Grpc
  readonly client: Client
  readonly close: () => void
  /** Called in each handler with the order asked for. */
  at: (id: string) => void | Promise<void>
  /** How many handlers have begun that never answer. */
  hanging: number
}

/** Loads the library, serves, and connects a client. */
export async function open(name: string): Promise<Orders> {
  const grpc = required<Grpc>(name)
  const server = new grpc.Server()
  const orders: Orders = { grpc, client: undefined as never, close: () => {}, at: () => {}, hanging: 0 }
  const handlers = {
    get: async ({ request: { id } }: Call, answer: Answer) => {
      await orders.at(id)
      if (id === 'hang') orders.hanging++
      else if (/^\d+$/.test(id)) answer({ code: Number(id), details: 'no' })
      else answer(null, { id: `order ${id}` })
    },
    list: async (call: Call) => {
      const { id } = call.request
      await orders.at(id)
      call.write({ id: 'first' })
      if (id === 'hang') orders.hanging++
      else if (/^\d+$/.test(id)) call.emit('error', { code: Number(id), details: 'no' })
      else {
        call.write({ id: 'second' })
        call.end()
      }
    },
    put: (call: Call, answer: Answer) => {
      let count = 0
      call.on('data', ({ id }: Order) => {
        void orders.at(id)
        count++
      })
      call.on('end', () => answer(null, { id: `${count} orders` }))
    },
    talk: (call: Call) => {
      call.on('data', ({ id }: Order) => {
        void orders.at(id)
        call.write({ id: `you said ${id}` })
      })
      call.on('end', () => call.end())
    },
  }
  server.addService(SERVED, handlers)
  const port = await new Promise<number>((done, failed) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) done(bound)
      else failed(error)
    })
  })
  // Version 1.10 starts by itself, and warns of who starts it.
  if (name === 'grpc18') server.start()
  const Client = grpc.makeGenericClientConstructor(ASKED, 'Orders')
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
  const close = (): void => {
    client.close()
    server.forceShutdown()
  }
  return Object.assign(orders, { client, close })
}

/** The answer to one order, or its error. */
export function ask({ client }: Orders, id: string, options: object = {}): Promise<Order> {
  return new Promise((done, failed) => {
    client.get({ id }, options, (error: unknown, order: Order) => (error ? failed(error) : done(order)))
  })
}

/** The orders that a stream gives. Not by `for await`, which breaks off a stream of both directions. */
export function read(call: Call): Promise<readonly string[]> {
  const ids: string[] = []
  return new Promise((done, failed) => {
    call.on('data', ({ id }: Order) => ids.push(id))
    call.on('error', failed)
    call.on('end', () => done(ids))
  })
}
