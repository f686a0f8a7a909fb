import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ledger } from '../../measure/ledger.ts'
import { forward, type MountedRequest } from './forward.ts'
import type { ForwardedResponse } from './messages.ts'
import type { EngineThread } from './thread.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void

/** The application's own rule of who may ask through a mounted router: only `true` lets in. */
export type AccessRule = (request: IncomingMessage) => boolean

const ROOT = '/api/v1/performance'
// Taken now: the application may patch it.
const { stringify } = JSON

/**
 * Answers the API from within the application: the request goes to the engine's thread and its answer comes back.
 * While the application's loop is blocked it waits; Yardstick's own port does not.
 *
 * @param access without one, the engine answers whom its own port would answer
 */
export function mount(
  engine: EngineThread | undefined,
  ledger: Ledger,
  access: () => AccessRule | undefined,
): Handler {
  return (request, response, next) => {
    const path = request.url ?? '/'
    if (!isOurs(path) || engine === undefined) {
      pass(next, response)
      return
    }
    forward(engine, ledger, path, () => ({
      method: request.method ?? 'GET',
      path,
      headers: Object.entries(request.headers),
      httpVersion: request.httpVersion,
      body: bodyOf(request),
      remoteAddress: request.socket.remoteAddress,
      granted: granted(access(), request),
    }))
      .then((answer) => send(response, answer))
      .catch((error: unknown) => ledger.swallow('router', error))
  }
}

function isOurs(path: string): boolean {
  if (!path.startsWith(ROOT)) return false
  const after = path[ROOT.length]
  return after === undefined || after === '/' || after === '?'
}

function pass(next: (() => void) | undefined, response: ServerResponse): void {
  if (next !== undefined) next()
  else response.writeHead(404).end()
}

/** A body parser may have come first: then what it has made of the body stands for it. */
function bodyOf(request: IncomingMessage): MountedRequest['body'] {
  if (!request.readableDidRead) return request.readableEnded ? undefined : request
  const { body } = request as { readonly body?: unknown }
  if (body === undefined || body === null) return 'taken'
  return [body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : stringify(body))]
}

/** A rule that says nothing, or a promise, lets nobody in: only without a rule the engine's own rules count. */
function granted(access: AccessRule | undefined, request: IncomingMessage): boolean | undefined {
  return access === undefined ? undefined : access(request) === true
}

function send(response: ServerResponse, { status, headers, body }: ForwardedResponse): void {
  if (response.headersSent) return
  response.writeHead(status, headers)
  response.end(body)
}
