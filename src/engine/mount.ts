import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ledger } from '../measure/ledger.ts'
import type { ForwardedResponse } from './messages.ts'
import { plainProblem } from './plain-problem.ts'
import type { EngineThread } from './thread.ts'

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/** The application's own rule of who may ask through a mounted router. */
export type AccessRule = (request: IncomingMessage) => boolean

const ROOT = '/api/v1/performance'
const LARGEST_BODY_BYTES = 65_536
/** Up to this size a refused body is read and forgotten, so that the client gets to see the answer. */
const LARGEST_IGNORED_BYTES = 1_048_576

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
    const scope = ledger.scopes.getStore()
    if (scope !== undefined) scope.ignored = true
    forward(engine, request, path, access())
      .catch((error: unknown) => {
        ledger.swallow('router', error)
        return plainProblem('internal-error', 'The error is listed on the self page.')
      })
      .then((answer) => send(response, answer))
  }
}

function isOurs(path: string): boolean {
  if (!path.startsWith(ROOT)) return false
  const after = path[ROOT.length]
  return after === undefined || after === '/' || after === '?'
}

function pass(next: ((error?: unknown) => void) | undefined, response: ServerResponse): void {
  if (next !== undefined) next()
  else response.writeHead(404).end()
}

async function forward(
  engine: EngineThread,
  request: IncomingMessage,
  path: string,
  access: AccessRule | undefined,
): Promise<ForwardedResponse> {
  const granted = access?.(request)
  const body = await bodyOf(request)
  if (body === 'too large') {
    return plainProblem('body-too-large', `Expected at most ${LARGEST_BODY_BYTES} bytes.`)
  }
  return engine.request({
    method: request.method ?? 'GET',
    path,
    headers: headersOf(request),
    httpVersion: request.httpVersion,
    body,
    remoteAddress: request.socket.remoteAddress,
    granted,
  })
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    // Cookies are the application's secrets; nothing behind the mount needs them.
    if (value === undefined || name === 'cookie') continue
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined | 'too large'> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_IGNORED_BYTES) break
    if (size <= LARGEST_BODY_BYTES) chunks.push(chunk)
  }
  return size > LARGEST_BODY_BYTES ? 'too large' : Buffer.concat(chunks)
}

function send(response: ServerResponse, { status, headers, body }: ForwardedResponse): void {
  if (response.headersSent) return
  response.writeHead(status, headers)
  response.end(body)
}
