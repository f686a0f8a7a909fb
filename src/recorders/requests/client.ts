import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isLoopback, signOfProxy } from '../../ground/loopback.ts'
import { userHash } from '../../measure/users.ts'

const CLIENT: unique symbol = Symbol('yardstick.client')

/** Who is at the other end of a connection. */
export interface Client {
  /** Stands for a user where the application names none: address and the user agent of the first request. */
  readonly hash: number
  /** On this machine; perhaps a proxy. */
  readonly isLocal: boolean
  /** Those that have not ended and are not on the connection: pipelined ones that wait for it, or taken off before the end. */
  waiting: Set<ServerResponse> | undefined
  /** We are told when the connection is closed. */
  isWatched: boolean
}

export type Connection = Socket & {
  [CLIENT]?: Client
  /** Node's: the response that is on it now. */
  readonly _httpMessage?: ServerResponse | null
}

/** Found once a connection: asking for the address is a system call, and impossible once it is closed. */
export function clientOf(socket: Connection, request: IncomingMessage): Client {
  const known = socket[CLIENT]
  if (known !== undefined) return known
  const address = socket.remoteAddress ?? ''
  const client: Client = {
    hash: userHash(address, request.headers['user-agent'] ?? ''),
    isLocal: isLoopback(address),
    waiting: undefined,
    isWatched: false,
  }
  socket[CLIENT] = client
  return client
}

/** Known since the first of its requests that was measured. */
export function clientAt(socket: Connection | undefined): Client | undefined {
  return socket?.[CLIENT]
}

/** Whether a request comes straight from a client on this machine; what a proxy passed on may be anybody's. */
export function isTrusted(socket: Socket, request: IncomingMessage): boolean {
  return clientOf(socket, request).isLocal && signOfProxy(request) === undefined
}
