import type { IncomingMessage } from 'node:http'
import { type RequestScope, scopeOf } from '../requests/request-scope.ts'

/** What fits a request: a route, or a middleware. */
interface Route {
  readonly path: string
  /** `ALL` for a middleware, too. */
  readonly method: string
  readonly handler: (...given: never[]) => unknown
}

/** What Hono makes for each request. */
export interface HonoContext {
  /** The adapter for Node.js puts its request there, as `incoming`; the type is the application's. */
  readonly env: unknown
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

/**
 * From now on the request is this context's.
 *
 * @param current the request that this code runs in: other adapters than Hono's do not say which one it is
 */
export function handledBy(context: HonoContext, current?: RequestScope): void {
  const { incoming } = (context.env ?? {}) as { readonly incoming?: IncomingMessage }
  const scope = incoming === undefined ? current : scopeOf(incoming)
  if (scope === undefined) return
  const outer = scope.lateRoute === lateRoute ? (scope.handled as Handled) : undefined
  if (outer?.context === context) return
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
