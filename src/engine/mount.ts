import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ledger } from '../measure/ledger.ts'
import type { EngineThread } from './thread.ts'

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

const ROOT = '/api/v1/performance'
const LARGEST_BODY_BYTES = 65_536

/**
 * Answers the API from within the application: the request goes to the engine's thread and its answer comes back.
 * While the application's loop is blocked it waits; Yardstick's own port does not.
 */
export function mount(engine: EngineThread | undefined, ledger: Ledger): Handler {
  return (request, response, next) => {
    const path = request.url ?? '/'
    if (!isOurs(path)) return pass(next, response)
    const scope = ledger.scopes.getStore()
    if (scope !== undefined) scope.ignored = true
    if (engine === undefined) return pass(next, response)
    answer(engine, request, response, path).catch((error: unknown) => {
      ledger.swallow('router', error)
      if (!response.headersSent) response.writeHead(500).end()
    })
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

async function answer(
  engine: EngineThread,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const body = await bodyOf(request)
  if (body === 'too large') {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    // Cookies are the application's secrets; nothing behind the mount needs them.
    if (value !== undefined && name !== 'cookie')
      headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const {
    status,
    headers: answered,
    body: bytes,
  } = await engine.request({
    method: request.method ?? 'GET',
    path,
    headers,
    httpVersion: request.httpVersion,
    body,
    remoteAddress: request.socket.remoteAddress,
  })
  response.writeHead(status, answered)
  response.end(bytes)
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined | 'too large'> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY_BYTES) return 'too large'
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
