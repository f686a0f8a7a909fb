import type { IncomingMessage } from 'node:http'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../instrument.ts'
import { library, type Patch } from '../library.ts'
import { type RequestScope, scopeOf } from '../request-scope.ts'

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

/**
 * Route templates of Koa 2 and 3 with `@koa/router` or `koa-router`, which leave them in the context. They are read
 * when the response is closed: only then is it known which of several fitting routes has answered.
 */
export function koa(): Recorder {
  return library({
    name: 'koa',
    versions: { koa: '>=2.5 <4', '@koa/router': '>=10 <16', 'koa-router': '>=10 <15' },
    files: {
      'koa/lib/application.js': watchContexts,
      '@koa/router/lib/router.js': isRouter,
      '@koa/router/dist/index.js': isRouter,
      'koa-router/lib/router.js': isRouter,
    },
    modules: { '@koa/router/dist/index.mjs': { bindings: ['Router'], patch: isRouter } },
  })
}

function watchContexts(Application: { readonly prototype: object }, instrument: Instrument): void {
  instrument.replace(Application.prototype, 'createContext', (original) => {
    return function createContext(this: unknown, ...given: unknown[]): unknown {
      const context = original.apply(this, given)
      instrument.safely(() => handledBy(context as KoaContext))
      return context
    } as typeof original
  })
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

/** Nothing of a router is replaced; but what is no router leaves nothing in a context. */
const isRouter: Patch = (exports) => {
  const { Router = exports } = exports as { readonly Router?: unknown }
  const { prototype } = Router as { readonly prototype?: { readonly routes?: unknown } }
  if (typeof prototype?.routes !== 'function') throw new TypeError('no router')
}
