import type { EngineThread } from './thread.ts'

export interface FetchOptions {
  /** Address of the client, as the server knows it; without one only a token lets it in. */
  readonly remoteAddress?: string
  /** What the application's own rule says: `true` lets the client in, `false` keeps it out. */
  readonly granted?: boolean
}

/** The API for frameworks that pass on fetch requests: Hono, H3, Fastify and Koa by way of a few lines. */
export type FetchHandler = (request: Request, options?: FetchOptions) => Promise<Response>

/** The API as a fetch handler; its answers come from the engine's thread. */
export function fetchHandler(engine: EngineThread | undefined): FetchHandler {
  return async (request, { remoteAddress, granted } = {}) => {
    if (engine === undefined) return new Response(null, { status: 404 })
    const { pathname, search, host } = new URL(request.url)
    const bodyless = request.method === 'GET' || request.method === 'HEAD'
    // A Request has no Host header of its own; its URL says what the client asked for.
    const headers: Record<string, string> = { host, ...Object.fromEntries(request.headers) }
    // The application's secrets; nothing behind the mount needs them.
    delete headers.cookie
    const answer = await engine.request({
      method: request.method,
      path: pathname + search,
      headers,
      httpVersion: '1.1',
      body: bodyless ? undefined : new Uint8Array(await request.arrayBuffer()),
      remoteAddress,
      granted,
    })
    const empty = request.method === 'HEAD' || answer.status === 204
    return new Response(empty ? null : (answer.body as Uint8Array<ArrayBuffer>), answer)
  }
}
