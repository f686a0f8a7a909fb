import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { userHash } from '../measure/users.ts'

const VISITOR: unique symbol = Symbol('yardstick.visitor')

/**
 * Who a connection belongs to as far as can be told without the application: a hash of the client's address and of
 * the user agent of its first request. Made once a connection, because asking for the address is a system call.
 */
export function visitorOf(socket: Socket & { [VISITOR]?: number }, request: IncomingMessage): number {
  return (socket[VISITOR] ??= userHash(socket.remoteAddress ?? '', request.headers['user-agent'] ?? ''))
}
