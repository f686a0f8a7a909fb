import type { IncomingMessage } from 'node:http'
import { type Mount, type RequestScope, scopeOf } from '../requests/request-scope.ts'
import { type Path, Templates } from './templates.ts'

/** A request as Express hands it around. */
export interface ExpressRequest extends IncomingMessage {
  /** What the mounts so far have taken from the path; holds values of parameters. */
  readonly baseUrl?: string
  readonly route?: { readonly path: Path; readonly stack: readonly unknown[] }
}

/** Stands for a mount that was entered unseen, so that its path is not shown. */
const UNSEEN = '/(mount)'
const ANY_NUMBER_OF_SEGMENTS = /[*?+(){}[\]]/

/** Keeps the templates of mounts that a request enters, and names its route by them. */
export class ExpressRoutes {
  readonly #templates = new Templates()

  /** A router begins: should a parameter's handler answer, no handler of the route will tell which one it was. */
  entered(request: ExpressRequest): void {
    const scope = scopeOf(request)
    if (scope !== undefined) scope.lateRoute = this.#late
  }

  readonly #late = (request: ExpressRequest, scope: RequestScope): string | undefined => {
    const { route, baseUrl } = request
    return route === undefined
      ? undefined
      : this.#templates.join(templateOf(scope.mount, baseUrl), route.path)
  }

  /** A handler of a route begins: called within the router that has the route. */
  routed(request: ExpressRequest, path: Path): void {
    const scope = scopeOf(request)
    if (scope !== undefined)
      scope.routed(this.#templates.join(templateOf(scope.mount, request.baseUrl), path), request)
  }

  /** Something mounted under a path begins. */
  mounted(request: ExpressRequest, path: Path): void {
    if (path === '/' || path === '') return
    const scope = scopeOf(request)
    const base = request.baseUrl
    if (scope === undefined || base === undefined || base === '') return
    const template = this.#templates.join(outerTemplate(scope, base, path), withoutSlash(path))
    scope.mount = { base, template, before: scope.mount }
  }
}

/** The last mount entered under this base: routers run one after the other, so earlier ones have ended. */
function templateOf(last: Mount | undefined, base: string | undefined): string {
  if (base === undefined || base === '') return ''
  for (let mount = last; mount !== undefined; mount = mount.before)
    if (mount.base === base) return mount.template
  return UNSEEN
}

/** Template of what a mount is mounted in. Its base is what is left without as many segments as the path has. */
function outerTemplate(scope: RequestScope, base: string, path: Path): string {
  if (scope.mount === undefined) return ''
  const segments = segmentsOf(path)
  if (segments !== undefined) return templateOf(scope.mount, withoutSegments(base, segments))
  for (let mount: Mount | undefined = scope.mount; mount !== undefined; mount = mount.before) {
    if (base.startsWith(`${mount.base}/`)) return mount.template
  }
  return ''
}

function segmentsOf(path: Path): number | undefined {
  if (typeof path !== 'string' || ANY_NUMBER_OF_SEGMENTS.test(path)) return undefined
  return withoutSlash(path).split('/').length - 1
}

function withoutSegments(base: string, segments: number): string {
  let end = base.length
  for (let i = 0; i < segments; i++) end = base.lastIndexOf('/', end - 1)
  return end <= 0 ? '' : base.slice(0, end)
}

function withoutSlash<P extends Path>(path: P): P {
  return typeof path === 'string' ? (path.replace(/\/+$/, '') as P) : path
}
