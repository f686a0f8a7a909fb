import type { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Ledger } from '../measure/ledger.ts'
import { IN_FLIGHT, type LoopTally } from '../measure/loop-tally.ts'
import type { Scope } from '../measure/scope.ts'
import { userHash } from '../measure/users.ts'
import { isEventStream } from './event-stream.ts'
import { Guard } from './guard.ts'
import type { HttpOptions } from './http-options.ts'
import { hasFailed, PATIENCE_MS } from './outcome.ts'
import { type Carrier, RequestScope, SCOPE } from './request-scope.ts'
import { ResponseHeaders } from './response-headers.ts'
import { type RouteSeries, RouteSeriesTable, routeName } from './route-series.ts'
import { TimedScope } from './timed-scope.ts'
import { isUnmeasured } from './unmeasured.ts'
import { visitorOf } from './visitor.ts'

/** The component of intentional waits; targets on `request` do not see it. */
export const WAIT = 'wait'
/** Where the routes of upgraded connections would be; a path is never shown. */
const UPGRADE = '(upgrade)'

/** What Node publishes when a request has come. */
interface RequestStart {
  readonly request: IncomingMessage & Carrier
  readonly response: ServerResponse & Carrier
  readonly socket: Socket
  readonly server: Server
}

/** Hot. Follows every request of this thread's HTTP/1 servers from its start to the close of its response. */
export class RequestFlow {
  readonly scopes: AsyncLocalStorage<Scope | undefined>
  readonly #ledger: Ledger
  readonly #loop: LoopTally
  readonly #now: () => number
  readonly #guard: Guard
  readonly #series: RouteSeriesTable
  readonly #headers: ResponseHeaders
  readonly #shown: boolean
  readonly #timed: boolean
  readonly #patienceMs: number
  readonly #ignores: ((request: IncomingMessage) => boolean | undefined) | undefined
  readonly #userOf: ((request: IncomingMessage) => string | undefined) | undefined
  readonly #isWait: ((name: string) => boolean | undefined) | undefined

  constructor(ledger: Ledger, options: HttpOptions, giveUp: () => void) {
    const { ignore, user, waits } = options
    this.scopes = ledger.scopes
    this.#ledger = ledger
    this.#loop = ledger.loop
    this.#now = ledger.now
    this.#guard = new Guard('http', ledger, giveUp)
    this.#headers = new ResponseHeaders(ledger, options)
    this.#shown = options.headers === 'all'
    this.#timed = (options.serverTiming ?? 'off') !== 'off'
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS
    this.#ignores = ignore && Guard.around('option ignore', ledger, ignore)
    this.#userOf = user && Guard.around('option user', ledger, user)
    this.#isWait = waits && Guard.around('option waits', ledger, waits)
    this.#series = new RouteSeriesTable(ledger, this.#isWait ?? (() => false))
  }

  /** To be called where Node publishes the start of a request. */
  readonly start = (message: unknown): void => {
    try {
      this.#start(message as RequestStart)
    } catch (error) {
      this.#guard.caught(error)
    }
  }

  #start({ request, response, socket, server }: RequestStart): void {
    // A second flow on this thread would count every request twice.
    if (request[SCOPE] !== undefined) return
    if (isUnmeasured(server) || this.#ignores?.(request) === true) {
      // With pipelining the scope of the request before is still in force here.
      if (this.scopes.getStore() !== undefined) this.scopes.enterWith(undefined)
      return
    }
    visitorOf(socket, request)
    const nowMs = this.#now()
    const scope = this.#timed ? new TimedScope(nowMs, this) : new RequestScope(nowMs, this)
    scope.shown = this.#shown
    request[SCOPE] = scope
    response[SCOPE] = scope
    // 'close', not 'finish': a client that gives up never lets a response finish.
    response.on('close', onClose)
    this.#loop.requestStarted(nowMs)
    this.scopes.enterWith(scope)
  }

  /** The response is closed, complete or not. */
  end(response: ServerResponse, scope: RequestScope): void {
    if (!scope.open) return
    const nowMs = this.#now()
    try {
      if (scope.kind === 'request') this.#endRequest(response, scope, nowMs)
      else this.#endOther(response, scope, nowMs)
    } catch (error) {
      this.#guard.caught(error)
    }
    scope.open = false
    scope.mount = undefined
  }

  #endRequest(response: ServerResponse, scope: RequestScope, nowMs: number): void {
    const series = this.#seriesOf(response, scope)
    if (series.isWait) {
      this.#leave(scope, 'wait', nowMs)
      this.#endOther(response, scope, nowMs)
      return
    }
    const level = this.#loop.requestEnded(nowMs)
    const failed = hasFailed(response, nowMs - scope.startMs, this.#patienceMs)
    series.tally.recordRequest(scope, nowMs, failed, level)
    this.#userSeen(response.req, scope)
  }

  #endOther(response: ServerResponse, scope: RequestScope, nowMs: number): void {
    scope.close(nowMs, () => {})
    if (scope.kind === 'unmeasured') return
    const { name } = this.#seriesOf(response, scope)
    this.#waited(name, nowMs - scope.startMs, hasFailed(response, 0, this.#patienceMs))
    this.#userSeen(response.req, scope)
  }

  #seriesOf(response: ServerResponse, scope: RequestScope): RouteSeries {
    return this.#series.find(response.req.method ?? '', routeName(scope.route, response.statusCode))
  }

  /** A connection has left HTTP; it counts as one wait until it is closed. */
  upgraded(server: Server, request: IncomingMessage, socket: Socket): void {
    try {
      if (isUnmeasured(server) || this.#ignores?.(request) === true) return
      const visitor = visitorOf(socket, request)
      const startMs = this.#now()
      const { name } = this.#series.find(request.method ?? '', UPGRADE)
      socket.once('close', () => {
        this.#waited(name, this.#now() - startMs, false)
        this.#loop.userSeen(visitor)
      })
    } catch (error) {
      this.#guard.caught(error)
    }
  }

  #waited(name: string, durationMs: number, failed: boolean): void {
    // Outside of every request: it is no operation of one.
    this.scopes.run(undefined, () => this.#ledger.operation(WAIT, name).record(durationMs, failed))
  }

  /** An error of ours in a place that the flow is told from. */
  caught(error: unknown): void {
    this.#guard.caught(error)
  }

  #userSeen(request: IncomingMessage, scope: RequestScope): void {
    const id = scope.user ?? this.#userOf?.(request)
    this.#loop.userSeen(id === undefined ? visitorOf(request.socket, request) : userHash(id, ''))
  }

  /** A framework has found the route. */
  routed(scope: RequestScope, request: IncomingMessage): void {
    if (this.#isWait?.(`${request.method} ${scope.route}`) === true) this.leave(scope, 'wait')
  }

  /** The headers are about to be sent. */
  sending(response: ServerResponse, scope: RequestScope, headers: unknown): void {
    try {
      if (scope.shown || this.#timed) this.#headers.show(response, scope, headers, this.#now())
      if (scope.kind === 'request' && isEventStream(response, headers)) this.leave(scope, 'wait')
    } catch (error) {
      this.#guard.caught(error)
    }
  }

  /** From now on the request is none that is measured: it leaves the number in flight. */
  leave(scope: RequestScope, kind: 'wait' | 'unmeasured'): void {
    if (scope.open) this.#leave(scope, kind, this.#now())
  }

  #leave(scope: RequestScope, kind: 'wait' | 'unmeasured', nowMs: number): void {
    if (scope.kind === 'request') {
      // Books the time up to now at the present number; what leaves is no completion, so not `requestEnded`.
      this.#loop.requestStarted(nowMs)
      this.#loop.head[IN_FLIGHT]! -= 2
    }
    scope.kind = kind
  }
}

/** One listener for all responses: a closure a request would be one allocation more. */
function onClose(this: ServerResponse & Carrier): void {
  const scope = this[SCOPE]
  scope?.flow.end(this, scope)
}
