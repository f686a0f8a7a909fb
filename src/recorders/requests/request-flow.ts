import type { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Ledger } from '../../measure/ledger.ts'
import type { LoopTally } from '../../measure/loop-tally.ts'
import type { Scope } from '../../measure/scope.ts'
import { userHash } from '../../measure/users.ts'
import { WAIT } from '../../measure/wait.ts'
import { Guard } from '../libraries/guard.ts'
import { activeTraceId } from '../opentelemetry/active-trace.ts'
import { type Client, clientOf } from './client.ts'
import { watchEnd } from './ending.ts'
import { givenHeader, isTable } from './given-headers.ts'
import type { HttpOptions } from './http-options.ts'
import { HttpRules } from './http-rules.ts'
import { hasFailed, PATIENCE_MS, patienceOf } from './outcome.ts'
import { type Carrier, RequestScope, SCOPE } from './request-scope.ts'
import { ResponseHeaders } from './response-headers.ts'
import { type RouteSeries, RouteSeriesTable, routeName } from './route-series.ts'

const AUTHENTICATION = 'authentication'
/** Where the routes of upgraded connections would be; a path is never shown. */
const UPGRADE = '(upgrade)'
const TYPE = 'content-type'
const EVENT_STREAM = 'text/event-stream'

interface Ended {
  readonly durationMs: number
  readonly failed: boolean
}

/** What Node publishes when a request has come. */
interface RequestStart {
  readonly request: IncomingMessage & Carrier
  readonly response: ServerResponse & Carrier
  readonly socket: Socket
}

/** Hot. Follows every request of this thread's servers from its start to the close of its response. */
export class RequestFlow {
  readonly scopes: AsyncLocalStorage<Scope | undefined>
  readonly #ledger: Ledger
  readonly #loop: LoopTally
  readonly #now: () => number
  readonly #options: HttpOptions
  readonly #guard: Guard
  readonly #rules: HttpRules
  readonly #series: RouteSeriesTable
  readonly #headers: ResponseHeaders
  readonly #upgraded = new WeakSet<IncomingMessage>()
  #waits: readonly string[] | undefined
  #logins: readonly string[] | undefined
  #underWay = 0
  #onIdle: (() => void) | undefined

  /** @param giveUp takes the recorder off */
  constructor(ledger: Ledger, options: HttpOptions, giveUp: () => void) {
    this.scopes = ledger.scopes
    this.#ledger = ledger
    this.#loop = ledger.loop
    this.#now = ledger.now
    this.#options = options
    this.#guard = new Guard('http', ledger, giveUp)
    this.#rules = new HttpRules(options, ledger)
    this.#series = new RouteSeriesTable(ledger, this.#rules)
    this.#headers = new ResponseHeaders(ledger, options)
  }

  /** To be called where Node publishes the start of a request. */
  readonly start = (message: unknown): void => {
    try {
      this.#start(message as RequestStart)
    } catch (error) {
      this.#guard.caught(error)
    }
  }

  #start({ request, response, socket }: RequestStart): void {
    // A second flow on this thread would count every request twice.
    if (request[SCOPE] !== undefined) return
    if (this.#rules.ignores(request)) {
      // With pipelining the scope of the request before is still in force here.
      if (this.scopes.getStore() !== undefined) this.scopes.enterWith(undefined)
      return
    }
    const client = clientOf(socket, request)
    const nowMs = this.#now()
    const scope = new RequestScope(nowMs, this, socket)
    watchEnd(response, socket, client)
    request[SCOPE] = scope
    response[SCOPE] = scope
    this.#underWay++
    this.#loop.requestStarted(nowMs)
    this.scopes.enterWith(scope)
  }

  /** To be told once no more requests come. Calls as soon as none is under way: perhaps at once. */
  whenIdle(call: () => void): void {
    if (this.#underWay === 0) call()
    else this.#onIdle = call
  }

  /** The response is closed, complete or not. */
  end(response: ServerResponse, scope: RequestScope): void {
    if (!scope.open) return
    const nowMs = this.#now()
    try {
      this.#end(response, scope, nowMs)
    } catch (error) {
      this.#guard.caught(error)
    }
    if (scope.open) {
      this.#leaveFlight(scope, nowMs)
      scope.close(nowMs, () => {})
    }
    // What outlives the request may hold on to its scope: a timer, a connection of a pool.
    scope.socket = undefined
    scope.mount = undefined
    scope.handled = undefined
    this.#underWay--
    try {
      if (this.#underWay === 0) this.#onIdle?.()
    } catch (error) {
      this.#guard.caught(error)
    }
  }

  #end(response: ServerResponse, scope: RequestScope, nowMs: number): void {
    const socket = scope.socket!
    const client = clientOf(socket, response.req)
    client.waiting?.delete(response)
    const series = scope.ignored ? undefined : this.#seriesOf(response, scope)
    if (series === undefined || series.isWait || scope.waits) {
      this.#leaveFlight(scope, nowMs)
      scope.close(nowMs, () => {})
      if (series !== undefined) {
        const failed = hasFailed(response, socket, 0, PATIENCE_MS)
        this.#recordApart(WAIT, series.name, { durationMs: nowMs - scope.startMs, failed })
      }
    } else {
      const { also, timeoutMs } = scope
      const patienceMs = patienceOf(this.#options.patienceMs ?? PATIENCE_MS, timeoutMs)
      const durationMs = nowMs - scope.startMs
      const failed = hasFailed(response, socket, durationMs, patienceMs)
      // Asked before the scope is closed, which forgets what ran in it.
      const unproven = series.isLogin && !this.#ranIn(scope, AUTHENTICATION, nowMs)
      // Not before what may throw: `end` then takes the request out of the number in flight.
      const { tally } = series
      tally.recordRequest(scope, nowMs, failed, this.#loop.requestEnded(nowMs))
      if (unproven) this.#recordApart(AUTHENTICATION, series.name, { durationMs, failed })
      if (also !== undefined) this.scopes.run(undefined, () => also.record(durationMs, failed))
    }
    if (series !== undefined) this.#loop.userSeen(scope.user ?? this.#userOf(response.req, client))
  }

  #seriesOf(response: ServerResponse, scope: RequestScope): RouteSeries | undefined {
    try {
      const { req, statusCode } = response
      const route = scope.route ?? scope.lateRoute?.(req, scope)
      return this.#find(req.method, routeName(route, statusCode))
    } catch (error) {
      this.#guard.caught(error)
      return undefined
    }
  }

  #find(method: string | undefined, route: string): RouteSeries {
    const { waits, logins } = this.#options
    if (waits !== this.#waits || logins !== this.#logins) {
      this.#waits = waits
      this.#logins = logins
      this.#series.forget()
    }
    return this.#series.find(method ?? '', route)
  }

  #userOf(request: IncomingMessage, client: Client): number {
    const id = this.#rules.userOf(request)
    return id === undefined ? client.hash : userHash(id, '')
  }

  /** A framework has found the route. */
  routed(scope: RequestScope): void {
    const { waits } = this.#options
    if (waits === undefined || waits.length === 0 || scope.route === undefined) return
    if (this.#find(scope.method, scope.route).isWait) this.stays(scope)
  }

  /** Whether its route, as far as it is known, is one of logins. */
  isLogin({ method, route }: RequestScope): boolean {
    try {
      return route !== undefined && this.#find(method, route).isLogin
    } catch (error) {
      this.#guard.caught(error)
      return false
    }
  }

  /** It is open on purpose. */
  stays(scope: RequestScope): void {
    this.#leaveFlight(scope, this.#now())
  }

  /**
   * The head of a response is about to be sent. Gives lines to send along.
   *
   * @param headers all, as `writeHead` was given them, unless one was set singly: then Node has set the others so, too, and
   * these are its table
   */
  sending(response: ServerResponse, scope: RequestScope, headers: unknown): string {
    try {
      const given = isTable(headers, response) ? undefined : headers
      this.#sent(scope, response.getHeader(TYPE) ?? givenHeader(given, TYPE))
      return this.#headers.lines(response, scope, given, this.#now)
    } catch (error) {
      this.#guard.caught(error)
      return ''
    }
  }

  /** The headers are as they are, and none can be added. */
  sent(scope: RequestScope, headers: unknown): void {
    this.#sent(scope, givenHeader(headers, TYPE))
  }

  #sent(scope: RequestScope, type: unknown): void {
    scope.traceId ??= activeTraceId()
    // The first letter spares nearly all others the copy in lower case; it is t or T.
    const isEventStream =
      typeof type === 'string' &&
      (type.charCodeAt(0) | 32) === 116 &&
      type.toLowerCase().startsWith(EVENT_STREAM)
    if (isEventStream) this.#leaveFlight(scope, this.#now())
  }

  /** A connection has left HTTP; it counts as one wait until it is closed. */
  upgraded(request: IncomingMessage, socket: Socket): void {
    try {
      // A server may hand it on to another.
      if (this.#upgraded.has(request) || this.#rules.ignores(request)) return
      this.#upgraded.add(request)
      // Since Node 26 the socket is a stream without an address while a body is still to come.
      const { hash } = clientOf(request.socket ?? socket, request)
      const startMs = this.#now()
      const series = this.#series.find(request.method ?? '', UPGRADE)
      socket.once('close', () => {
        this.#recordApart(WAIT, series.name, { durationMs: this.#now() - startMs, failed: false })
        this.#loop.userSeen(hash)
      })
    } catch (error) {
      this.#guard.caught(error)
    }
  }

  /** An error of ours in a place that tells this flow. */
  caught(error: unknown): void {
    this.#guard.caught(error)
  }

  /** Outside of every request: it is no operation of one. */
  #recordApart(component: string, name: string, { durationMs, failed }: Ended): void {
    this.scopes.run(undefined, () => this.#ledger.operation(component, name).record(durationMs, failed))
  }

  #ranIn(scope: RequestScope, component: string, nowMs: number): boolean {
    const wanted = this.#ledger.part(component)
    let found = false
    scope.soFar(nowMs, (part) => {
      if (part === wanted) found = true
    })
    return found
  }

  /** Takes the request out of the number in flight without completing it there. */
  #leaveFlight(scope: RequestScope, nowMs: number): void {
    if (scope.waits) return
    scope.waits = true
    this.#loop.requestLeft(nowMs)
  }
}
