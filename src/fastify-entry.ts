// The subpath `yardstick/fastify`, for instances that were made before Yardstick was there.
import { Explicit } from './explicit.ts'
import { type OnRequest, routeHook } from './recorders/routes/fastify-hook.ts'

/**
 * A hook that makes the routes of a Fastify instance known: of one that was made before Yardstick was there. Others
 * are known without it, bundled or not. It records nothing itself, and does nothing where Yardstick does not run.
 *
 * @example
 * import { routes } from 'yardstick/fastify'
 * app.addHook('onRequest', routes())
 */
export function routes(): OnRequest {
  return routeHook(new Explicit('fastify').safely)
}
