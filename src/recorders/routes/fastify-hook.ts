import type { IncomingMessage } from 'node:http'
import { scopeOf } from '../requests/request-scope.ts'

export interface FastifyRequest {
  readonly raw: IncomingMessage
  /** Made anew at each look. `url` is the template, undefined where no route matched. */
  readonly routeOptions: { readonly config: RouteConfig }
}

interface RouteConfig {
  readonly url?: string
}

export type OnRequest = (request: FastifyRequest, reply: unknown, done: () => void) => void

/**
 * A hook that tells routes.
 *
 * @param safely runs what is ours: it must not throw
 */
export function routeHook(safely: (run: () => void) => void): OnRequest {
  let find: ((request: FastifyRequest) => RouteConfig) | undefined
  return (request, _reply, done) => {
    safely(() => {
      const scope = scopeOf(request.raw)
      if (scope === undefined) return
      find ??= finder(request)
      const { url } = find(request)
      if (url !== undefined) scope.routed(url === '' ? '/' : url, request.raw)
    })
    done()
  }
}

/**
 * How to get at a request's route: by the property that holds it, found by what the public one tells, because
 * `routeOptions` costs half a microsecond; by `routeOptions` where there is no such property.
 */
function finder(request: FastifyRequest): (request: FastifyRequest) => RouteConfig {
  type Held = Readonly<Record<symbol, { readonly config?: RouteConfig } | undefined>>
  const { config } = request.routeOptions
  const held = request as unknown as Held
  const key = Object.getOwnPropertySymbols(held).find((symbol) => held[symbol]?.config === config)
  if (key === undefined || config === undefined) return (each) => each.routeOptions.config ?? {}
  return (each) => (each as unknown as Held)[key]?.config ?? {}
}
