import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { RequestScope, type Routed } from '../requests/request-scope.ts'

/** What is rendered for requests that something else than a page answers. */
const STATUS_PAGES: ReadonlySet<string> = new Set(['/_error', '/404', '/500', '/_not-found'])

interface Rendered {
  readonly req: Routed
  /** The page's own, `/users/[id]`. */
  readonly pathname: string
}

/**
 * Routes of Next.js, `/users/[id]`, of pages and route handlers of both routers: under `next start`, in custom servers
 * and in standalone output. What answers before them (files, redirects, its proxy) has none.
 */
export function next(): Recorder {
  return library({
    name: 'next',
    versions: { next: '>=15.0 <16.5' },
    files: { 'next/dist/server/base-server.js': watch },
  })
}

function watch(exports: { readonly default: { readonly prototype: object } }, instrument: Instrument): void {
  const { scopes } = instrument.ledger
  const known = new WeakSet<RequestScope>()
  instrument.replace(exports.default.prototype, 'renderToResponseWithComponents', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      instrument.safely(() => {
        const scope = scopes.getStore()
        const { req, pathname } = given[0] as Rendered
        // Where a page fails another is rendered for that: the request was for the first.
        if (!(scope instanceof RequestScope) || known.has(scope) || STATUS_PAGES.has(pathname)) return
        known.add(scope)
        scope.routed(pathname, req)
      })
      return original.apply(this, given)
    } as typeof original
  })
}
