import type { Ledger } from '../../measure/ledger.ts'
import { forward, type MountedRequest } from './forward.ts'
import { plainProblem } from './plain-problem.ts'
import type { EngineThread } from './thread.ts'

export interface FetchOptions {
  /** Address of the client, as the server knows it; without one only a token lets it in. */
  readonly remoteAddress?: string
  /** What the application's own rule says: `true` lets the client in, anything else but `undefined` keeps it out. */
  readonly granted?: boolean
}

/** The API for frameworks whose requests are those of fetch: Hono, h3. */
export type FetchHandler = (request: Request, options?: FetchOptions) => Promise<Response>

/** The API as a fetch handler; its answers come from the engine's thread. */
export function fetchHandler(engine: EngineThread | undefined, ledger: Ledger): FetchHandler {
  return async (request, options) => {
    if (engine === undefined) return new Response(null, { status: 404 })
    const url = urlOf(request)
    const answer =
      url === null
        ? plainProblem('malformed-request', 'Expected a request with an absolute URL.')
        : await forward(engine, ledger, url.pathname, () => mounted(request, url, options))
    // These have no body, and Response refuses one for the last two.
    const empty = request?.method === 'HEAD' || answer.status === 204 || answer.status === 304
    return new Response(empty ? null : (answer.body as Uint8Array<ArrayBuffer>), answer)
  }
}

function urlOf(request: Request | undefined): URL | null {
  return typeof request?.url === 'string' ? URL.parse(request.url) : null
}

function mounted(request: Request, url: URL, options: FetchOptions | null | undefined): MountedRequest {
  const { remoteAddress, granted } = options ?? {}
  return {
    method: request.method,
    path: url.pathname + url.search,
    // A Request has no Host header of its own; its URL says what the client asked for.
    headers: [['host', url.host], ...request.headers],
    httpVersion: '1.1',
    body: bodyOf(request),
    remoteAddress: typeof remoteAddress === 'string' ? remoteAddress : undefined,
    granted: granted === undefined ? undefined : granted === true,
  }
}

function bodyOf({ body, bodyUsed }: Request): MountedRequest['body'] {
  if (body === null || body === undefined) return undefined
  return bodyUsed || body.locked ? 'taken' : body
}
