import type { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Operation } from '../../measure/operation.ts'
import { Scope } from '../../measure/scope.ts'

/** Where request and response carry their scope; known to every copy of us: one may be bundled with the application. */
export const SCOPE: unique symbol = Symbol.for('yardstick.scope') as never

export interface Carrier {
  [SCOPE]?: RequestScope
}

/** A part of an application under a path of its own, entered by this request. */
export interface Mount {
  /** What the request's path really began with; holds values of parameters. */
  readonly base: string
  readonly template: string
  /** The one entered before. */
  readonly before: Mount | undefined
}

/** Tells a request's route when its response is closed. */
export type LateRoute = (request: IncomingMessage, scope: RequestScope) => string | undefined

/** What is asked of a request when its route is known. */
export type Routed = Pick<IncomingMessage, 'method'>

/** Who follows a request, told of what happens to it. */
export interface Follower {
  readonly scopes: AsyncLocalStorage<Scope | undefined>
  readonly routed: (scope: RequestScope) => void
  readonly isLogin: (scope: RequestScope) => boolean
  readonly stays: (scope: RequestScope) => void
  readonly end: (response: ServerResponse, scope: RequestScope) => void
  readonly caught: (error: unknown) => void
}

/** The one object that a measured request costs: its scope, and what is learnt of it on its way. */
export class RequestScope extends Scope {
  readonly flow: Follower
  /** The connection it came by, until its end: Node takes it off a request whose body is broken off. */
  socket: Socket | undefined
  /** The template of the route that handles it, e.g. `/users/:id`; never the path itself. */
  route: string | undefined = undefined
  /** The method that the route was found with. */
  method: string | undefined = undefined
  /** Where to look for the route at the end, should nobody have told it until then. */
  lateRoute: LateRoute | undefined = undefined
  /** The last mount entered. */
  mount: Mount | undefined = undefined
  /** What `lateRoute` will look at: the framework's own object for this request. */
  handled: unknown = undefined
  /** Open on purpose (a stream, a long poll): out of the number in flight, and recorded as a wait. */
  waits = false
  /** Where it counts besides, with the same duration and outcome. */
  also: Operation | undefined = undefined
  /** For how long its client said that it would wait, ms. */
  timeoutMs: number | undefined = undefined

  constructor(startMs: number, flow: Follower, socket: Socket) {
    super(startMs)
    this.flow = flow
    this.socket = socket
  }

  /** Called by a framework's recorder as soon as the route is known; the last call counts. */
  routed(template: string, request: Routed): void {
    this.route = template
    this.method = request.method
    this.flow.routed(this)
  }

  override isLogin(): boolean {
    return this.open && this.route !== undefined && this.flow.isLogin(this)
  }

  /** It is found to be open on purpose. */
  stays(): void {
    this.flow.stays(this)
  }
}

/** @param message Node's request, or response; of HTTP/2 the ones of its compatibility API, which have a stream */
export function scopeOf(message: object): RequestScope | undefined {
  return (message as Carrier)[SCOPE] ?? (message as { readonly stream?: Carrier }).stream?.[SCOPE]
}
