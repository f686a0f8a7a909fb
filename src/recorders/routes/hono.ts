import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../instrument.ts'
import { library } from '../library.ts'
import { RequestScope, scopeOf } from '../request-scope.ts'

/** What fits a request: a route, or a middleware. */
interface Route {
  readonly path: string
  /** `ALL` for a middleware, too. */
  readonly method: string
  readonly handler: (...given: never[]) => unknown
}

/** What Hono makes for each request. */
export interface HonoContext {
  /** The adapter for Node.js puts its request there. */
  readonly env?: { readonly incoming?: IncomingMessage }
  readonly req: {
    readonly matchedRoutes: readonly Route[]
    /** How far the request has come among them. */
    readonly routeIndex: number
  }
}

/** A context, and that of the application which this one is mounted in. */
interface Handled {
  readonly context: HonoContext
  readonly outer: Handled | undefined
}

type ContextClass = new (...given: unknown[]) => HonoContext

/**
 * Route templates of Hono 4 on Node.js. Each of its contexts makes itself known; which of the fitting routes has
 * answered is seen when the response is closed.
 */
export function hono(): Recorder {
  return library({
    name: 'hono',
    versions: { hono: '>=4.6 <5' },
    files: { 'hono/dist/cjs/context.js': watchContexts },
    modules: { 'hono/dist/context.js': { bindings: ['Context'], patch: watchContexts } },
  })
}

function watchContexts(exports: { readonly Context: ContextClass }, instrument: Instrument): void {
  const telling = (Original: ContextClass): ContextClass =>
    class Context extends Original {
      constructor(...given: unknown[]) {
        super(...given)
        instrument.safely(() => handledBy(this, instrument.ledger.scopes.getStore()))
      }
    }
  const own = Object.getOwnPropertyDescriptor(exports, 'Context')
  if (own?.set !== undefined || own?.configurable === true) {
    instrument.replace(exports, 'Context', telling as never)
    return
  }
  // Up to 4.13.0 what CommonJS exports cannot be changed, only exchanged as a whole: nobody has it yet.
  const module = Object.values(createRequire(import.meta.url).cache).find((each) => each?.exports === exports)
  if (module === undefined || typeof exports.Context !== 'function') throw new TypeError('no Context')
  module.exports = { ...exports, Context: telling(exports.Context) }
}

/** From now on the request is this context's. Other adapters than Hono's do not say which request that is. */
export function handledBy(context: HonoContext, current: unknown): void {
  const incoming = context.env?.incoming
  const scope = incoming === undefined ? current : scopeOf(incoming)
  if (!(scope instanceof RequestScope)) return
  const outer = scope.lateRoute === lateRoute ? (scope.handled as Handled) : undefined
  // An application that asks itself, as tests do, is not mounted in itself.
  if (incoming === undefined && outer !== undefined) return
  scope.handled = { context, outer } satisfies Handled
  scope.lateRoute = lateRoute
}

function lateRoute(_request: IncomingMessage, scope: RequestScope): string | undefined {
  return templateOf(scope.handled as Handled)
}

function templateOf({ context, outer }: Handled): string | undefined {
  const { matchedRoutes, routeIndex } = context.req
  // What has answered comes first; after a middleware that has turned it away, the route that it was on its way to.
  const path = matchedRoutes.slice(routeIndex).find(isRoute)?.path
  if (outer === undefined || path === undefined) return path
  const mount = templateOf(outer)?.replace(/\/?\*$/, '') ?? ''
  return path === '/' ? mount || '/' : mount + path
}

/** Middlewares are told from routes for all methods as Hono itself does it: they take `next`. */
function isRoute({ method, handler, path }: Route): boolean {
  return method !== 'ALL' || handler.length < 2 || !path.endsWith('*')
}
