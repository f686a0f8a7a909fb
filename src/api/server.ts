import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { isLoopback } from '../ground/loopback.ts'
import { type AccessRules, decide } from './access.ts'
import { ANSWER_HEADERS } from './headers.ts'
import { IDENTITY_HEADER } from './identity.ts'
import { PROBLEM_TYPE, type Problem, problem } from './problem.ts'

export interface ServerOptions {
  readonly fetch: (request: Request) => Response | Promise<Response>
  readonly access: AccessRules
  /** Told to clients on this machine, so that a second process of the service recognises the first. */
  readonly identity: string
  readonly onError: (error: unknown) => void
}

const LARGEST_BODY_BYTES = 65_536
/** Up to this size a refused body is read and forgotten, so that the client gets to see the answer. */
const LARGEST_IGNORED_BYTES = 1_048_576
const MOST_CONNECTIONS = 100
/** How long a client may take to read that it was not understood. */
const PATIENCE_MS = 1_000

/**
 * An HTTP server whose every resource has a bound, that refuses before anything else runs, and that never keeps the
 * process alive. Not listening yet.
 */
export function boundedServer(options: ServerOptions): Server {
  const answer = getRequestListener((request) => options.fetch(request), {
    // Replacing the global Request and Response would change an application that runs the engine inline.
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      const malformed = error instanceof Error && error.name === 'RequestError'
      if (!malformed) options.onError(error)
      const slug = malformed ? 'malformed-request' : 'internal-error'
      const detail = malformed ? error.message : 'The error is listed on the self page.'
      const body = problem(slug, detail, '')
      return new Response(JSON.stringify(body), {
        status: body.status,
        headers: { ...ANSWER_HEADERS, 'content-type': PROBLEM_TYPE },
      })
    },
  })
  const server = createServer(
    {
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      response.on('error', options.onError)
      if (isLoopback(request.socket.remoteAddress)) response.setHeader(IDENTITY_HEADER, options.identity)
      const path = pathOf(request)
      const access = decide(factsOf(request, path), options.access)
      if (!access.allowed) return refuse(response, access.problem, access.headers)
      const tooMuch = bodyProblem(request, path)
      if (tooMuch !== undefined) return refuse(response, tooMuch, hangUp(request))
      answer(request, response).catch(options.onError)
    },
  )
  server.maxConnections = MOST_CONNECTIONS
  server.timeout = 60_000
  server.on('connection', (socket) => socket.unref())
  server.on('clientError', answerUnparsable)
  return server
}

function factsOf(request: IncomingMessage, path: string): Parameters<typeof decide>[0] {
  const { headers, httpVersion, method = 'GET', socket } = request
  return { headers, httpVersion, method, path, remoteAddress: socket.remoteAddress }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0]!
}

function bodyProblem(request: IncomingMessage, path: string): Problem | undefined {
  if (request.headers['transfer-encoding'] !== undefined) {
    return problem('length-required', 'Send the body with a Content-Length header, not chunked.', path)
  }
  const length = Number(request.headers['content-length'] ?? 0)
  if (length <= LARGEST_BODY_BYTES) return undefined
  const detail = `Expected at most ${LARGEST_BODY_BYTES} bytes, got ${length}.`
  return problem('body-too-large', detail, path)
}

function hangUp(request: IncomingMessage): Record<string, string> {
  const length = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  return length <= LARGEST_IGNORED_BYTES ? {} : { connection: 'close' }
}

function refuse(response: ServerResponse, body: Problem, headers: Readonly<Record<string, string>>): void {
  const text = JSON.stringify(body)
  response.writeHead(body.status, {
    ...ANSWER_HEADERS,
    ...headers,
    'content-type': PROBLEM_TYPE,
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

function answerUnparsable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const body = unparsable(error.code)
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${body.status} ${body.title}`,
    ...Object.entries(ANSWER_HEADERS).map(([name, value]) => `${name}: ${value}`),
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ]
  // The client may leave its half open for good, or read nothing: neither may keep one of the few connections.
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy())
  setTimeout(() => socket.destroy(), PATIENCE_MS).unref()
}

function unparsable(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return problem('headers-too-large', 'Expected at most 16 KiB of headers.', '')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return problem(
      'request-timeout',
      'Expected the headers within 5 s and the whole request within 10 s.',
      '',
    )
  }
  return problem('malformed-request', `This is not HTTP/1.1 as Node.js reads it (${code ?? 'unknown'}).`, '')
}
