// biome-ignore-all lint/complexity/noArguments: a rest parameter would be one array an event, for nothing
import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { nodeHttp } from '../../ground/node-http.ts'
import { type Client, type Connection, clientAt } from './client.ts'
import { type Carrier, SCOPE } from './request-scope.ts'

type Emit = EventEmitter['emit']
type DetachSocket = ServerResponse['detachSocket']

const { nextTick } = process

/** That of every response, unless the application has given it another one. */
let ours: Emit | undefined

/** A response is closed, complete or not: for all who may be the first to know. */
export function endRequest(response: ServerResponse & Carrier): void {
  const scope = response[SCOPE]
  scope?.flow.end(response, scope)
}

/**
 * Puts an `emit` in place that ends a response's request with 'close', not 'finish': a client that gives up never lets one
 * finish. No listener: one more would be counted with the application's own, and `removeAllListeners` takes it off.
 */
export function closing(carried: Emit): Emit {
  ours = function emit(this: ServerResponse, type: string | symbol): boolean {
    if (type === 'close') endRequest(this)
    return Reflect.apply(carried, this, arguments)
  } as Emit
  return ours
}

/**
 * Ends the request of a response whose `emit` goes past ours when Node takes it off its connection, for it is complete. One that
 * the application takes off before, to answer past it or to put it back, ends with the connection at the latest.
 */
export function leaving(
  _original: DetachSocket,
  holder: { readonly detachSocket: DetachSocket },
): DetachSocket {
  return function detachSocket(this: ServerResponse & Carrier, socket: Socket): void {
    const scope = this[SCOPE]
    try {
      if (scope?.open === true) leaves(this, socket)
    } catch (error) {
      scope?.flow.caught(error)
    }
    holder.detachSocket.call(this, socket)
  }
}

function leaves(response: ServerResponse, socket: Socket): void {
  if (!response.writableEnded) {
    const client = clientAt(socket)
    if (client !== undefined) awaitEnd(response, client)
  } else if (response.emit !== ours) {
    endSoon(response)
  }
}

/** Two ticks on: Node has emitted 'close' by then, of which an `emit` that is around ours has told us. */
function endSoon(response: ServerResponse): void {
  nextTick(nextTick, endRequest, response)
}

/**
 * Sees to it that a request whose response tells us nothing of its end ends with its connection. Before Node 24 one that
 * is pipelined, and still waits for its turn, is never closed.
 */
export function watchEnd(response: ServerResponse, socket: Connection, client: Client): void {
  if (response.detachSocket !== nodeHttp.ServerResponse.prototype.detachSocket)
    response.once('close', onClose)
  if (!client.isWatched) {
    client.isWatched = true
    // First of all: a listener of the application's that throws keeps those after it from hearing.
    socket.prependOnceListener('close', onConnectionClose)
  }
  // Another one is on it.
  if (socket._httpMessage) awaitEnd(response, client)
}

function awaitEnd(response: ServerResponse, client: Client): void {
  client.waiting ??= new Set()
  client.waiting.add(response)
}

function onClose(this: ServerResponse): void {
  endRequest(this)
}

/** One for all connections, however many requests come by each. Node's own, which closes the response, comes after it. */
function onConnectionClose(this: Connection): void {
  const { _httpMessage: current } = this
  if (current) endSoon(current)
  for (const each of clientAt(this)?.waiting ?? []) endSoon(each)
}
