import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Detach } from '../../measure/recorder.ts'
import { override } from '../libraries/override.ts'
import { httpStatus, timeoutMs } from './grpc-headers.ts'
import { carrying } from './request-context.ts'
import type { RequestFlow } from './request-flow.ts'
import { type Carrier, SCOPE } from './request-scope.ts'

const CHANNEL = 'http2.server.stream'
const EXCHANGE: unique symbol = Symbol('yardstick.exchange')
const ADDRESS: unique symbol = Symbol('yardstick.address')
/** The status of a call of gRPC to a method that nobody has, if the route is not known. */
const UNIMPLEMENTED = 12
/** What a client sends that does not want the answer any more; Node says the same when its connection is lost. */
const CANCEL = 8

type Session = ServerHttp2Session & { [ADDRESS]?: string }
type Stream = ServerHttp2Stream & Carrier & { [EXCHANGE]?: Exchange }

interface Message {
  readonly stream: Stream
  readonly headers: IncomingHttpHeaders
}

/** Records requests over HTTP/2, whichever API answers them; servers of HTTP/2 publish nothing of what `http` does. */
export function watchHttp2(flow: RequestFlow): Detach {
  const prototypes = new Map<object, Detach>()
  const guarded = (handle: (message: Message) => void) => (message: unknown) => {
    try {
      handle(message as Message)
    } catch (error) {
      flow.caught(error)
    }
  }
  const handlers = {
    start: guarded(({ stream, headers }) => {
      // What the server pushes was asked for by nobody.
      if (stream.id === undefined || stream.id % 2 === 0) return
      const prototype = Object.getPrototypeOf(stream) as EventEmitter
      if (!prototypes.has(prototype)) prototypes.set(prototype, override(prototype, 'emit', carrying))
      const exchange = new Exchange(stream, headers)
      stream[EXCHANGE] = exchange
      if (exchange.method === 'CONNECT') flow.upgraded(exchange.request, exchange.socket)
      else flow.start({ request: exchange, response: exchange, socket: exchange })
      const scope = exchange[SCOPE]
      if (scope !== undefined) {
        scope.timeoutMs = timeoutMs(headers['grpc-timeout'])
        stream[SCOPE] = scope
      }
      stream.on('close', onClose)
    }),
    finish: guarded(({ stream, headers }) => {
      const { [SCOPE]: scope } = stream
      if (scope?.open === true) flow.sent(scope, headers)
    }),
  }
  for (const [name, handler] of Object.entries(handlers)) subscribe(`${CHANNEL}.${name}`, handler)
  return () => {
    for (const [name, handler] of Object.entries(handlers)) unsubscribe(`${CHANNEL}.${name}`, handler)
    for (const undo of prototypes.values()) undo()
  }
}

/** One listener for all streams; those under way when we are detached are still recorded. */
function onClose(this: Stream): void {
  this[EXCHANGE]?.closed()
}

/** A stream in the words of HTTP/1: what is asked of its request, its response and the connection. */
class Exchange {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly httpVersion = '2.0'
  readonly #stream: ServerHttp2Stream;
  [SCOPE]: Carrier[typeof SCOPE] = undefined
  readonly #onClose: ((this: Exchange) => void)[] = []

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#stream = stream
    this.headers = headers
    this.method = String(headers[':method'] ?? '')
    this.url = String(headers[':path'] ?? '')
  }

  get request(): IncomingMessage {
    return this as never
  }
  get req(): IncomingMessage {
    return this as never
  }
  get response(): ServerResponse {
    return this as never
  }
  get socket(): Socket {
    return this as never
  }

  get remoteAddress(): string {
    const session = this.#stream.session as Session | undefined
    if (session === undefined) return ''
    session[ADDRESS] ??= session.socket.remoteAddress ?? ''
    return session[ADDRESS]
  }

  /** Of a call of gRPC the one that its own, sent last, stands for. */
  get statusCode(): number {
    const { sentHeaders, sentTrailers } = this.#stream
    const call = sentTrailers?.['grpc-status'] ?? sentHeaders?.['grpc-status']
    if (call === undefined) return Number(sentHeaders?.[':status'] ?? 0)
    const isUnknown = Number(call) === UNIMPLEMENTED && this[SCOPE]?.route === undefined
    return isUnknown ? 404 : httpStatus(Number(call))
  }
  get headersSent(): boolean {
    return this.#stream.headersSent
  }
  /** The response is complete. Node ends streams, too, that were cut off. */
  get writableEnded(): boolean {
    return this.#stream.writableFinished && !this.#stream.aborted
  }
  /** Whether it was the client who ended the stream before it was complete. */
  get readableEnded(): boolean {
    return this.#stream.rstCode === CANCEL
  }
  readonly errored = null

  /** Asked of the response, for 'close' alone. */
  once(_close: string, listener: (this: Exchange) => void): void {
    this.#onClose.push(listener)
  }
  /** Asked of the connection: a stream has one response, which tells of its own end. */
  prependOnceListener(): void {}
  closed(): void {
    for (const each of this.#onClose) each.call(this)
  }
}
