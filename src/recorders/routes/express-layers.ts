import type { Detach } from '../../measure/recorder.ts'
import type { Guard } from '../guard.ts'
import type { Patch } from '../loading.ts'
import { override } from '../override.ts'
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

type Call = (this: Layer, request: ExpressRequest, response: unknown, next: unknown) => unknown

/**
 * What is done to the files of Express 4 (`express/lib/router`) and of the router of Express 5 (`router`), so that
 * they tell which route and which mount a request enters.
 *
 * @param taken called when layers tell it in this way
 */
export function layerPatches(routes: ExpressRoutes, guard: Guard, taken: () => void): readonly Patch[] {
  const watch = (exports: unknown): Detach | undefined => {
    const detach = watchLayers(exports, routes, guard)
    if (detach !== undefined) taken()
    return detach
  }
  return [
    { file: '/router/index.js', apply: (exports) => watchRouters(exports, routes) },
    { file: '/router/layer.js', apply: watch },
    { file: '/router/lib/layer.js', apply: watch },
  ]
}

function watchRouters(exports: unknown, routes: ExpressRoutes): Detach | undefined {
  const router = [exports, prototypeOf(exports)].find((each) => isRouter(each))
  if (router === undefined) return undefined
  const use = override(router as { use: (...given: unknown[]) => unknown }, 'use', (original) => {
    return function use(this: Router, ...given: unknown[]): unknown {
      const before = this.stack.length
      const result = original.apply(this, given)
      const path = given[0] as Path
      if (isPath(path)) for (const layer of this.stack.slice(before)) layer[MOUNTED] = path
      return result
    }
  })
  const handle = override(router as { handle: Call }, 'handle', (original) => {
    return function handle(this: Layer, request: ExpressRequest, response: unknown, out: unknown): unknown {
      routes.entered(request)
      return original.call(this, request, response, out)
    }
  })
  return () => {
    use()
    handle()
  }
}

function watchLayers(exports: unknown, routes: ExpressRoutes, guard: Guard): Detach | undefined {
  const prototype = prototypeOf(exports) as Record<string, Call> | undefined
  const name = ['handleRequest', 'handle_request'].find((each) => typeof prototype?.[each] === 'function')
  if (prototype === undefined || name === undefined || typeof prototype.match !== 'function') return undefined
  return override(prototype, name, (original) => {
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
        guard.caught(error)
      }
      return original.call(this, request, response, next)
    }
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
