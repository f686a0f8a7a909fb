import type { IncomingMessage } from 'node:http'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { scopeOf } from '../requests/request-scope.ts'

interface Event {
  /** Set where Node.js serves the request; a fetch of the application's own has none. */
  readonly runtime?: { readonly node?: { readonly req: IncomingMessage } }
}

interface Found {
  readonly data: { readonly route: string }
}

const BELOW = '/**'

/**
 * Route templates of h3 2, as its router finds them: before its middleware runs, so that a request which that turns
 * away has its route. Mounted applications have their routes in the outer one's table, under full templates.
 */
export function h3(): Recorder {
  return library({
    name: 'h3',
    versions: { h3: '>=2 <3' },
    modules: { 'h3/dist/cache.mjs': { bindings: ['H3'], patch: watchRouter } },
  })
}

function watchRouter({ H3 }: { readonly H3: { readonly prototype: object } }, instrument: Instrument): void {
  instrument.replace(H3.prototype, '~findRoute', (original) => {
    return function findRoute(this: unknown, ...given: unknown[]): unknown {
      const found = original.apply(this, given)
      if (found !== undefined) instrument.safely(() => routed(given[0] as Event, found as Found))
      return found
    } as typeof original
  })
}

function routed({ runtime }: Event, { data: { route } }: Found): void {
  const request = runtime?.node?.req
  const scope = request === undefined ? undefined : scopeOf(request)
  if (request === undefined || scope === undefined) return
  // What is mounted by its fetch alone has a router of its own, which sees what is left of the path.
  const outer = scope.route?.endsWith(BELOW) ? scope.route.slice(0, -BELOW.length) : ''
  scope.routed(outer === '' || route !== '/' ? outer + route : outer, request)
}
