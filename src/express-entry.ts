// The subpath `yardstick/express`, for applications that were bundled: there Express's files have no names any more.
import { Explicit } from './explicit.ts'
import { watchLayers, watchRouters } from './recorders/routes/express-layers.ts'
import { ExpressRoutes } from './recorders/routes/express-routes.ts'

/** What is needed of an application; nothing of Express is loaded, nor are its types. */
export interface ExpressApplication {
  use(middleware: (request: unknown, response: unknown, next: () => void) => void): unknown
}

interface Router {
  readonly stack: { constructor: unknown }[]
}

const watched = new WeakSet<object>()

/**
 * Makes the routes of a bundled Express application known, version 4 or 5. To be called as soon as the application is
 * made, before its routers are mounted: what is mounted before is named `/(mount)`. It records nothing itself, and
 * does nothing where Yardstick does not run. Returns the application.
 *
 * @example
 * import { routes } from 'yardstick/express'
 * const app = routes(express())
 */
export function routes<A extends ExpressApplication>(app: A): A {
  const explicit = new Explicit('express')
  explicit.safely(() => {
    const { prototype, Layer } = classesOf(app)
    if (watched.has(prototype)) return
    watched.add(prototype)
    const routes = new ExpressRoutes()
    watchRouters(prototype, routes, explicit)
    watchLayers(Layer, routes, explicit)
  })
  return app
}

/** Only from a router with something on it do ways lead to the classes that both are of. */
function classesOf(app: ExpressApplication): { readonly prototype: object; readonly Layer: unknown } {
  app.use((_request, _response, next) => next())
  // To ask an application of Express 4 for `router` is an error.
  const { _router: own = (app as { readonly router?: Router }).router } = app as { readonly _router?: Router }
  const layer = own?.stack.pop()
  if (own === undefined || layer === undefined) throw new TypeError('no router')
  let prototype: object = own
  while (!Object.hasOwn(prototype, 'handle')) prototype = Object.getPrototypeOf(prototype)
  return { prototype, Layer: layer.constructor }
}
