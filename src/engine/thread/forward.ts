import type { Ledger } from '../../measure/ledger.ts'
import type { ForwardedResponse } from './messages.ts'
import { plainProblem } from './plain-problem.ts'
import type { EngineThread } from './thread.ts'

const LARGEST_BODY_BYTES = 65_536
/** Up to this size a refused body is read and forgotten, so that the client gets to see the answer. */
const LARGEST_IGNORED_BYTES = 1_048_576
const TAKEN =
  'Expected the body to be unread, or parsed in request.body; the application has read it and left nothing of it ' +
  'there. Mount Yardstick before what reads bodies (in Fastify by an onRequest hook), or ask its own port.'

/** A request for the API as the application's framework brought it. */
export interface MountedRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Iterable<readonly [name: string, value: string | readonly string[] | undefined]>
  readonly httpVersion: string
  /** The body, in pieces; `taken` where somebody has read it. */
  readonly body: AsyncIterable<Uint8Array> | readonly Uint8Array[] | 'taken' | undefined
  readonly remoteAddress: string | undefined
  /** What the application's own rule said; `undefined` where it has none. */
  readonly granted: boolean | undefined
}

/**
 * Has the engine's thread answer a request that reached the application. It is not measured, and whatever goes wrong
 * becomes an answer: nothing here rejects.
 *
 * @param path what was asked for, as far as it is known before the request is read
 */
export async function forward(
  engine: EngineThread,
  ledger: Ledger,
  path: string,
  read: () => MountedRequest,
): Promise<ForwardedResponse> {
  try {
    const scope = ledger.scopes.getStore()
    if (scope !== undefined) scope.ignored = true
    const request = read()
    const headers = headersOf(request)
    const body = await bodyOf(request)
    if (body === 'too large') {
      return plainProblem('body-too-large', `Expected at most ${LARGEST_BODY_BYTES} bytes.`, request.path)
    }
    if (body === 'taken') return plainProblem('body-taken', TAKEN, request.path)
    return await engine.request({ ...request, headers, body })
  } catch (error) {
    // An access rule may throw anything, even what has no text.
    ledger.swallow('mounted API', error instanceof Error ? error : 'something was thrown that is no Error')
    return plainProblem('internal-error', 'The error is listed on the self page.', path)
  }
}

function headersOf(request: MountedRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of request.headers) {
    // Cookies are the application's secrets; nothing behind the mount needs them.
    if (value === undefined || name === 'cookie') continue
    headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return headers
}

async function bodyOf({
  method,
  body,
}: MountedRequest): Promise<Uint8Array | undefined | 'taken' | 'too large'> {
  if (method === 'GET' || method === 'HEAD' || body === undefined) return undefined
  if (body === 'taken') return body
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > LARGEST_IGNORED_BYTES) break
    if (size <= LARGEST_BODY_BYTES) chunks.push(chunk)
  }
  return size > LARGEST_BODY_BYTES ? 'too large' : Buffer.concat(chunks)
}
