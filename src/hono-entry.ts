// The subpath `yardstick/hono`, for applications that were bundled: there Hono's files have no names any more.
import { Explicit } from './explicit.ts'
import { type HonoContext, handledBy } from './recorders/routes/hono-context.ts'

/** A middleware of Hono's, in our words: nothing of Hono is loaded, nor are its types. */
export type RoutesMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<void>

/**
 * Makes the routes of a bundled Hono application on `@hono/node-server` known. To be used before anything else; it
 * records nothing itself, and does nothing where Yardstick does not run.
 *
 * @example
 * import { routes } from 'yardstick/hono'
 * app.use(routes())
 */
export function routes(): RoutesMiddleware {
  const explicit = new Explicit('hono')
  return (context, next) => {
    explicit.safely(() => handledBy(context))
    return next()
  }
}
