import type { Instrument } from '../libraries/instrument.ts'
import type { Patch } from '../libraries/library.ts'
import type { ExpressRequest, ExpressRoutes } from './express-routes.ts'
import type { Path } from './templates.ts'

/** Where a layer keeps the path it was mounted under, in versions that keep only what they made of it. */
const MOUNTED: unique symbol = Symbol('yardstick.mounted')

interface Layer {
  readonly route?: { readonly path: Path }
  /** From router 2.3 on. */
  readonly rawPath?: Path
  [MOUNTED]?: Path
}

interface Router {
  readonly stack: readonly Layer[]
}

/** How methods are replaced, and what is done with errors of ours. */
type Replacing = Pick<Instrument, 'replace' | 'caught'>

type Call = (this: Layer, request: ExpressRequest, response: unknown, next: unknown) => unknown

/**
 * What is done to the files of Express 4 (`express/lib/router`) and of the router of Express 5 (`router`), so that
 * they tell which route and which mount a request enters.
 *
 * @param taken called when layers tell it in this way
 */
export function layerPatches(routes: ExpressRoutes, taken: () => void): Readonly<Record<string, Patch>> {
  const routers: Patch = (exports, instrument) => watchRouters(exports, routes, instrument)
  const layers: Patch = (exports, instrument) => {
    watchLayers(exports, routes, instrument)
    taken()
  }
  return {
    'express/lib/router/index.js': routers,
    'express/lib/router/layer.js': layers,
    'router/index.js': routers,
    'router/lib/layer.js': layers,
  }
}

export function watchRouters(exports: unknown, routes: ExpressRoutes, instrument: Replacing): void {
  const router = [exports, prototypeOf(exports)].find((each) => isRouter(each))
  if (router === undefined) throw new TypeError('no router')
  instrument.replace(router as object, 'use', (original) => {
    return function use(this: Router, ...given: unknown[]): unknown {
      const before = this.stack.length
      const result = original.apply(this, given)
      const path = given[0] as Path
      if (isPath(path)) for (const layer of this.stack.slice(before)) layer[MOUNTED] = path
      return result
    } as typeof original
  })
  instrument.replace(router as object, 'handle', (original) => {
    return function handle(this: Layer, request: ExpressRequest, response: unknown, out: unknown): unknown {
      routes.entered(request)
      return original.call(this, request, response, out)
    } as typeof original
  })
}

export function watchLayers(exports: unknown, routes: ExpressRoutes, instrument: Replacing): void {
  const prototype = prototypeOf(exports) as Record<string, Call> | undefined
  const name = ['handleRequest', 'handle_request'].find((each) => typeof prototype?.[each] === 'function')
  if (prototype === undefined || name === undefined || typeof prototype.match !== 'function') {
    throw new TypeError('no layer')
  }
  instrument.replace(prototype, name, (original) => {
    return function handleRequest(
      this: Layer,
      request: ExpressRequest,
      response: unknown,
      next: unknown,
    ): unknown {
      try {
        if (this.route !== undefined) routes.routed(request, this.route.path)
        else {
          const path = this.rawPath ?? this[MOUNTED]
          if (path !== undefined && path !== '/') routes.mounted(request, path)
        }
      } catch (error) {
        instrument.caught(error)
      }
      return original.call(this, request, response, next)
    } as typeof original
  })
}

/** `use([first, second])` has no path, `use(['/a', '/b'], first)` has. */
function isPath(given: unknown): boolean {
  let first = given
  while (Array.isArray(first) && first.length > 0) first = first[0]
  return typeof first !== 'function'
}

function prototypeOf(exports: unknown): unknown {
  return typeof exports === 'function' ? exports.prototype : undefined
}

function isRouter(target: unknown): boolean {
  const { use, route, handle } = (target ?? {}) as Record<string, unknown>
  return typeof use === 'function' && typeof route === 'function' && typeof handle === 'function'
}
