// The subpath `yardstick/koa`, for applications that were bundled: there Koa's files have no names any more.
import { Explicit } from './explicit.ts'
import { handledBy, type KoaContext } from './recorders/routes/koa-context.ts'

/** A middleware of Koa's, in our words: nothing of Koa is loaded, nor are its types. */
export type RoutesMiddleware = <T>(context: KoaContext, next: () => Promise<T>) => Promise<T>

/**
 * Makes the routes of a bundled Koa application known. To be used before anything else; it records nothing itself, and
 * does nothing where Yardstick does not run.
 *
 * @example
 * import { routes } from 'yardstick/koa'
 * app.use(routes())
 */
export function routes(): RoutesMiddleware {
  const explicit = new Explicit('koa')
  return (context, next) => {
    explicit.safely(() => handledBy(context))
    return next()
  }
}
