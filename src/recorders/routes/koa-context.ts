import type { IncomingMessage } from 'node:http'
import { type RequestScope, scopeOf } from '../requests/request-scope.ts'

/** What a router remembers of one of its routes, or of a middleware of its own, which has no methods. */
interface Layer {
  readonly path: unknown
  readonly methods: readonly string[]
}

/** What the routers leave in a context. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly method: string
  /** Every layer whose path fits, in order, those for other methods among them. */
  readonly matched?: readonly Layer[]
  /** The path of the layer that ran last. */
  readonly _matchedRoute?: unknown
}

/** From now on the request is this context's. */
export function handledBy(context: KoaContext): void {
  const scope = scopeOf(context.req)
  if (scope === undefined) return
  scope.handled = context
  scope.lateRoute = lateRoute
}

function lateRoute(_request: IncomingMessage, scope: RequestScope): string | undefined {
  const { matched, method, _matchedRoute: last } = scope.handled as KoaContext
  if (last === undefined || !Array.isArray(matched)) return undefined
  const routes = (matched as readonly Layer[]).filter(({ methods }) => methods.includes(method))
  // Where a router's middleware has turned the request away, what ran last is that: its path may be anything.
  const answered = routes.find(({ path }) => path === last) ?? routes.at(-1)
  return answered === undefined ? undefined : String(answered.path)
}
