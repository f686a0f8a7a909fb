import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A client that leaves before this has changed its mind; one that waited longer has given up on us. */
export const PATIENCE_MS = 1000

/**
 * How long a client waits before it has given up, where it says itself when it will: a deadline that has passed, which the
 * server may hear of a little before its own, looks like any other change of mind.
 */
export function patienceOf(patienceMs: number, timeoutMs: number | undefined): number {
  return timeoutMs === undefined ? patienceMs : Math.min(patienceMs, timeoutMs / 2)
}

/**
 * Whether a request whose response is closed has failed.
 *
 * | how it ended | failed |
 * |---|---|
 * | the application ended its response (the client may have left before the last byte) | status ≥ 500 |
 * | the server cut it off: it destroyed the response or its socket, a time-out of the server, a shutdown | yes |
 * | the client left in the middle of the response | status ≥ 500 |
 * | the client left before any of it, after less than `patienceMs` | no: cancelled (typing ahead, navigating on) |
 * | the client left before any of it, after `patienceMs` or more | yes: to the client it timed out |
 *
 * The status of a response that was never sent is not looked at: frameworks leave 200 or 404 there.
 */
export function hasFailed(
  response: ServerResponse,
  socket: Socket,
  durationMs: number,
  patienceMs: number,
): boolean {
  if (response.writableEnded) return response.statusCode >= 500
  if (!clientLeft(socket)) return true
  return response.headersSent ? response.statusCode >= 500 : durationMs >= patienceMs
}

/** Whether the other end closed the connection, or reset it. */
function clientLeft(socket: Socket): boolean {
  if (socket.readableEnded) return true
  const code = (socket.errored as NodeJS.ErrnoException | null)?.code
  return code === 'ECONNRESET' || code === 'EPIPE'
}
